"""One training run: corpus in, arrays and card out, with what was measured on held-out groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zwgk_classify.domain import Attribute
from zwgk_classify.model.corpus import corpus_digest, read_corpus
from zwgk_classify.model.store import save_model
from zwgk_classify.model.text_model import Calibration
from zwgk_classify.model.training import (
    ALPHA,
    FOLDS,
    HeldOut,
    document_probabilities,
    is_restricted,
    train,
    truth_of,
)


def train_and_save(corpus: Path, out: Path, report: Callable[[str], None]) -> str:
    """Train on ``corpus``, write ``model.npz`` and ``model.json`` to ``out``; returns the digest."""
    examples = read_corpus(corpus)
    model, held_out = train(examples, report)
    measured = measure(model.calibration, held_out)
    for name, value in measured.items():
        report(f"{name}: {value}")
    card = {
        "purpose": "为公文草案提出公开属性的参考意见；不认定国家秘密，不替代审查人",
        "not_for": "不得单独作为公开或不公开的依据；不得用于公文以外的文本",
        "corpus": {
            "digest": corpus_digest(corpus),
            "texts": len(examples),
            "groups": len({e.group for e in examples}),
            "attributes": dict(
                sorted(
                    Counter(
                        e.attribute.value if e.attribute else "非公文" for e in examples
                    ).items()
                )
            ),
        },
        "alpha": {a.value: v for a, v in ALPHA.items()},
        "libraries": _libraries(),
        "held_out": measured,
    }
    return save_model(model, out, card)


def measure(calibration: Calibration, held_out: Sequence[HeldOut]) -> dict[str, Any]:
    """What the model said of texts whose group it had not seen (grouped cross-validation)."""
    official = [
        h for h in held_out if h.example.attribute is not None and h.example.kind == "draft"
    ]
    probabilities = [document_probabilities(calibration, h) for h in official]
    sets = [
        {a for a, p in ps.items() if 1.0 - p <= calibration.quantiles[a.value]}
        for ps in probabilities
    ]
    truths = [truth_of(h) for h in official]
    closed = np.asarray([is_restricted(h) for h in official])
    said_closed = np.asarray([ps[Attribute.PROACTIVE] < 0.5 for ps in probabilities])
    recall = float(said_closed[closed].mean())
    specificity = float((~said_closed[~closed]).mean())
    return {
        "folds": FOLDS,
        "drafts": len(official),
        "balanced_accuracy": round((recall + specificity) / 2, 4),
        "restricted_recall": round(recall, 4),
        "public_recall": round(specificity, 4),
        "set_coverage": {
            a.value: _share([t in s for t, s in zip(truths, sets, strict=True) if t is a])
            for a in Attribute
        },
        "restricted_not_proposed_open": _share(
            [
                s != {Attribute.PROACTIVE}
                for t, s in zip(truths, sets, strict=True)
                if t is not Attribute.PROACTIVE
            ]
        ),
        "public_proposed_open": _share(
            [
                s == {Attribute.PROACTIVE}
                for t, s in zip(truths, sets, strict=True)
                if t is Attribute.PROACTIVE
            ]
        ),
    }


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _libraries() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("jieba", "numpy", "scikit-learn", "scipy")}
