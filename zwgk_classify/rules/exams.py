"""Runs the examples that stand beside each item through the production path."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from zwgk_classify.documents import read_document
from zwgk_classify.rules.matcher import NegativeList
from zwgk_classify.rules.schema import Example, Item, PublishItem

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
    for listed in negative_list.data.items:
        yield from _run(negative_list, listed.item)
    for item in negative_list.data.publish:
        yield from _run(negative_list, item)


def _run(negative_list: NegativeList, item: Item | PublishItem) -> Iterator[ExamResult]:
    for number, example in enumerate(item.examples.hits, 1):
        yield ExamResult(item.id, f"命中{number}", True, _hits(negative_list, item, example))
    for number, example in enumerate(item.examples.near_misses, 1):
        passed = not _hits(negative_list, item, example)
        yield ExamResult(item.id, f"近似{number}", False, passed)


def _hits(negative_list: NegativeList, item: Item | PublishItem, example: Example) -> bool:
    document = read_document(example.text)
    if document.facts.mark is not None:
        return item.id == "state_secret.marked"
    hits, publish = negative_list.examine(document, example.as_of or EXAM_DAY)
    effective = {h.item for h in hits if h.suppressed_by is None}
    return item.id in effective or item.id in {p.item for p in publish}
