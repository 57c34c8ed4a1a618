"""What the model says adds up, has a place, and does not open with more text."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zwgk_classify import read_document
from zwgk_classify.domain import Attribute
from zwgk_classify.model import TextModel, load_model
from zwgk_classify.model.text_model import RESTRICTED

DRAFT = "关于副职人选摸底情况的报告\n\n县委组织部：\n到会40人，甲同志得31票，大家反映他脾气急。\n\n某县水务局\n2025年6月1日"
sentences = st.lists(
    st.sampled_from(
        [
            "各单位要认真贯彻落实。",
            "定于8月8日举办活动。",
            "甲同志得31票。",
            "联系电话12345。",
            "会上两人不同意。",
        ]
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def model() -> TextModel:
    return load_model()


def test_probabilities_sum_to_one(model: TextModel) -> None:
    assert sum(model.assess(read_document(DRAFT)).probabilities.values()) == pytest.approx(1.0)


def test_contributions_and_remainder_add_up_to_the_logit(model: TextModel) -> None:
    """Nothing of an explanation is lost: what is not shown is in the remainder."""
    document = read_document(DRAFT)
    assessment = model.assess(document)
    logits = model.score(document).logits[:, model.heads.index(RESTRICTED)]
    total = sum(c.weight for c in assessment.contributions) + assessment.remainder
    assert total == pytest.approx(float(logits.max()), abs=1e-9)
    body = document.part("body").text
    for c in assessment.contributions:
        if c.span is not None:
            assert 0 <= c.span.start < c.span.end <= len(body)


@settings(max_examples=40, deadline=None)
@given(sentences, sentences)
def test_more_text_of_the_same_build_never_opens(
    model: TextModel, some: list[str], more: list[str]
) -> None:
    """Law 2: the strongest passage decides, so adding passages cannot lower the result."""
    head = "关于情况的说明\n\n局领导：\n"
    short = model.assess(read_document(head + "\n".join(some) + "\n\n"))
    long = model.assess(read_document(head + "\n".join(some + more) + "\n\n"))
    if not (short.unfamiliar or long.unfamiliar):
        assert (
            long.probabilities[Attribute.PROACTIVE]
            <= short.probabilities[Attribute.PROACTIVE] + 1e-9
        )


@pytest.mark.parametrize(
    "text",
    [
        "def main():\n    for i in range(10):\n        print(i)\n",
        "The quick brown fox jumps over the lazy dog. " * 10,
        "asdf qwer zxcv 1234 %%%% " * 20,
    ],
)
def test_what_is_unlike_the_training_is_left_to_a_person(model: TextModel, text: str) -> None:
    assessment = model.assess(read_document(text))
    assert assessment.unfamiliar
    assert assessment.prediction_set == frozenset()


def test_findings_quote_the_original(model: TextModel) -> None:
    document = read_document(DRAFT)
    for _, _, evidence in model.assess(document).findings:
        span = evidence.span
        assert document.part(span.part).text[span.start : span.end] == evidence.quote


def test_heads_are_finite(model: TextModel) -> None:
    assert np.isfinite(model.weights).all()
    assert np.isfinite(model.biases).all()


def test_classifying_needs_no_training_library() -> None:
    """scikit-learn and jieba serve training alone; importing the package loads not even numpy."""
    code = (
        "import sys, zwgk_classify;"
        "assert not {'sklearn','jieba','numpy','pydantic'} & set(sys.modules), 'import is not lazy';"
        "zwgk_classify.Classifier.default().classify('关于某事的通知');"
        "assert not {'sklearn','jieba','scipy'} & set(sys.modules), 'classifying loads a trainer'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
