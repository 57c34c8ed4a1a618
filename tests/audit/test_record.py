"""A record carries codes, positions and digests, and no word of the document."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_classify import Classifier
from zwgk_classify.audit import AuditLog, Record
from zwgk_classify.audit.record import canonical
from zwgk_classify.errors import AuditError

NOW = dt.datetime(2026, 9, 1, 8, 0, tzinfo=dt.UTC)
DRAFT = """关于袖珍燕雀工程资金的请示

琥珀县人民政府：

袖珍燕雀工程尚缺资金，举报人霍某某，身份证号330102196507281245。妥否，请批示。

翡翠镇人民政府
2025年3月1日
（此件不予公开）
"""
CANARIES = ["袖珍燕雀", "琥珀", "翡翠", "霍某某", "330102196507281245", "妥否"]


def test_no_word_of_the_document_reaches_any_file(tmp_path: Path, classifier: Classifier) -> None:
    log = AuditLog.open(tmp_path / "log.db")
    shape = classifier.classify(DRAFT, identifier="袖珍燕雀.txt").to_dict()
    assert any(c in str(shape) for c in CANARIES)
    log.append(
        Record.of_proposal(
            shape,
            entry_id="e1",
            time=NOW,
            actor="drafter:1",
            document_digest=log.document_digest(DRAFT.encode()),
            length=len(DRAFT.encode()),
        )
    )
    stored = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    for canary in CANARIES:
        for form in (canary, canary.encode("unicode_escape").decode()):
            assert form.encode() not in stored, canary


def test_the_key_lies_outside_the_database_and_is_private(tmp_path: Path) -> None:
    log = AuditLog.open(tmp_path / "log.db")
    digest = log.document_digest(b"x")
    key = tmp_path / "log.db.key"
    assert key.stat().st_mode & 0o077 == 0
    assert key.read_bytes() not in (tmp_path / "log.db").read_bytes()
    assert digest == AuditLog.open(tmp_path / "log.db").document_digest(b"x")
    assert digest != AuditLog.open(tmp_path / "other.db").document_digest(b"x")


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=5), values, max_size=4
    )
)
def test_parser_and_printer_are_a_pair(fields: dict[str, object]) -> None:
    """Unknown fields of a later schema come through unchanged."""
    body = canonical({**fields, "entry_id": "e"})
    parsed = Record.parse(body)
    assert parsed.body == body
    assert canonical(parsed.fields) == body


@pytest.mark.parametrize("value", [1.5, float("nan"), {1: "x"}, b"x", 2**60])
def test_what_has_no_single_form_is_refused(value: object) -> None:
    with pytest.raises(AuditError):
        canonical({"x": value})


@pytest.mark.parametrize("body", [b"{}", b"x", b'{"entry_id":1}', b'{ "entry_id":"a"}', b"[]"])
def test_bytes_that_are_not_canonical_are_refused(body: bytes) -> None:
    with pytest.raises(AuditError):
        Record.parse(body)
