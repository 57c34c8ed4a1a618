"""Runs the examples of each item through the production path."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from zwgk_classify.documents import read_document
from zwgk_classify.rules.matcher import NegativeList
from zwgk_classify.rules.schema import Example, Examples

# Examples without a date are judged by the law of this day, so that results do not drift.
EXAM_DAY = dt.date(2026, 9, 1)


@dataclass(frozen=True, slots=True)
class ExamResult:
    """One example of one item: what it should do and what it did."""

    item: str
    number: str
    should_hit: bool
    passed: bool


def run_exams(negative_list: NegativeList) -> Iterator[ExamResult]:
    """Results of all examples of all items, in the order of the list."""
    exams = negative_list.data.exams
    names = [listed.item.id for listed in negative_list.data.items]
    names += [item.id for item in negative_list.data.publish]
    for name in names:
        examples = exams.get(name, Examples())
        for number, example in enumerate(examples.hits, 1):
            passed = _finds(negative_list, name, example)
            yield ExamResult(name, f"命中{number}", True, passed)
        for number, example in enumerate(examples.near_misses, 1):
            passed = not _evidence(negative_list, name, example)
            yield ExamResult(name, f"近似{number}", False, passed)


def _finds(negative_list: NegativeList, name: str, example: Example) -> bool:
    """Whether the item is found, and each piece named by ``at`` lies in its evidence."""
    quotes = _evidence(negative_list, name, example)
    return bool(quotes) and all(any(piece in quote for quote in quotes) for piece in example.at)


def _evidence(negative_list: NegativeList, name: str, example: Example) -> list[str]:
    """Quotes of the effective evidence of item ``name``; a mark gives one without text."""
    document = read_document(example.text)
    if document.facts.mark is not None:
        return [""] if name == "state_secret.marked" else []
    hits, publish = negative_list.examine(document, example.as_of or EXAM_DAY)
    effective = [h.evidence for h in hits if h.item == name and h.suppressed_by is None]
    effective += [p.evidence for p in publish if p.item == name]
    return [e.quote or "" for evidence in effective for e in evidence]
