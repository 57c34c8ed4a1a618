"""On published texts nobody here wrote: ordinary documents stay open, letters do not pass."""

from __future__ import annotations

import json
from pathlib import Path

from zwgk_classify import Attribute, Classifier, Proposal, Status


def proposals(classifier: Classifier, path: Path) -> list[Proposal]:
    return [classifier.classify(json.loads(line)["text"]) for line in path.open(encoding="utf-8")]


def share(found: list[Proposal], attribute: Attribute, status: Status) -> float:
    return sum((p.attribute, p.status) == (attribute, status) for p in found) / len(found)


def test_published_documents_come_out_open_and_clear(classifier: Classifier, shared: Path) -> None:
    found = proposals(classifier, shared / "data/published-dev.jsonl")
    assert share(found, Attribute.PROACTIVE, Status.PROPOSED) >= 0.90
    closed = [p for p in found if p.attribute is Attribute.WITHHELD or p.status is Status.BLOCKED]
    assert len(closed) <= 0.01 * len(found)


def test_published_decisions_are_not_withheld(classifier: Classifier, shared: Path) -> None:
    """Persons named in them by law are no reason to withhold (条例 art. 20(6))."""
    found = proposals(classifier, shared / "data/penalties-dev.jsonl")
    assert share(found, Attribute.PROACTIVE, Status.PROPOSED) >= 0.90


def test_letters_of_citizens_ask_for_a_person(classifier: Classifier, shared: Path) -> None:
    found = proposals(classifier, shared / "data/petitions-dev.jsonl")
    assert share(found, Attribute.PROACTIVE, Status.PROPOSED) <= 0.02
