"""The shipped list: complete, lawful in time, and every example does what it should."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from zwgk_classify import Classifier, NegativeList, read_document
from zwgk_classify.domain import Effect, Source
from zwgk_classify.rules.exams import run_exams

GROUPS = {
    "state_secret": 10, "three_securities": 4, "statutory_ban": 10, "third_party": 3,
    "internal_affairs": 3, "process": 4, "enforcement_file": 3, "admin_query": 3,
    "work_secret": 2, "scope": 1,
}  # fmt: skip
SEED_ITEMS = [
    "three_securities.national_security",
    "three_securities.economic_security",
    "three_securities.public_security",
    "three_securities.social_stability",
]


def test_all_items_are_there(negative_list: NegativeList) -> None:
    counted: dict[str, int] = {}
    for listed in negative_list.data.items:
        counted[listed.group] = counted.get(listed.group, 0) + 1
    assert counted == GROUPS
    assert all(negative_list.knows(item) for item in SEED_ITEMS)
    assert len(negative_list.data.publish) == 17


def test_every_example_passes(negative_list: NegativeList) -> None:
    results = list(run_exams(negative_list))
    assert [r for r in results if not r.passed] == []
    tested = {r.item for r in results if r.should_hit} & {
        r.item for r in results if not r.should_hit
    }
    items = {i.item.id for i in negative_list.data.items} - {"state_secret.marked"}
    assert items <= tested


@pytest.mark.parametrize("day", [dt.date(2020, 1, 1), dt.date(2025, 3, 1), dt.date(2026, 9, 1)])
def test_every_ground_has_an_article_in_force(negative_list: NegativeList, day: dt.date) -> None:
    """Law 7: time chooses the articles; a ground never rests on a law to come or gone."""
    statutes = {(s.law, s.version): s for s in negative_list.data.statutes.values()}
    for listed in negative_list.data.items:
        hit = negative_list.hit(listed.item.id, [], Source.RULE, day)
        if hit is None or listed.group in ("work_secret",):
            continue
        assert hit.basis, listed.item.id
        for basis in hit.basis:
            statute = statutes[basis.law, basis.version]
            assert statute.effective_from <= day
            assert statute.effective_to is None or day <= statute.effective_to


def test_sealed_records_begin_with_the_law_that_seals_them(negative_list: NegativeList) -> None:
    """治安管理处罚法 (2025) art. 136 is in force from 2026-01-01."""
    text = "关于曝光赌博人员的通报\n\n郝某，男，35岁，因赌博被行政拘留五日。\n\n某派出所"
    document = read_document(text)
    for day, sealed in ((dt.date(2025, 12, 31), False), (dt.date(2026, 1, 1), True)):
        items = {h.item for h in negative_list.scan(document, day) if h.suppressed_by is None}
        assert ("statutory_ban.sealed_records" in items) is sealed


def test_no_basis_in_force_leaves_a_notice_never_silence(negative_list: NegativeList) -> None:
    document = read_document(
        "关于申请经费的请示\n\n市政府：\n缺口八十万元。妥否，请批示。\n\n某县政府\n2012年1月1日"
    )
    hits = [h for h in negative_list.scan(document, dt.date(2012, 1, 1)) if h.suppressed_by is None]
    assert {h.effect for h in hits if h.item == "process.request_report"} == {Effect.NOTICE}


def test_citations_exist(negative_list: NegativeList, shared: Path) -> None:
    """Every article that the list cites stands in the law's text, where the text is held."""
    held: dict[str, set[str]] = {}
    for line in (shared / "data/statutes.jsonl").open():
        row = json.loads(line)
        held.setdefault(row["law"], set()).add(row["article"])
    for listed in negative_list.data.items:
        for citation in listed.item.basis:
            statute = negative_list.data.statutes[citation.statute]
            if statute.law in held and statute.verified:
                assert _in_words(citation.article) in held[statute.law], (listed.item.id, citation)


def _in_words(article: str) -> str:
    """第三十六条 for 36, as the laws number their articles."""
    digits, number = "零一二三四五六七八九", int(article)
    parts = []
    for value, name in ((1000, "千"), (100, "百"), (10, "十")):
        count, number = divmod(number, value)
        if count:
            parts.append(digits[count] + name)
        elif parts and number and parts[-1] != "零":
            parts.append("零")
    words = "".join(parts) + (digits[number] if number else "")
    return f"第{words.removeprefix('一') if words.startswith('一十') else words}条"


def test_the_founding_plan_has_no_ground_but_scope(classifier: Classifier, shared: Path) -> None:
    proposal = classifier.classify((shared / "reference/founding-plan.txt").read_text())
    assert {g.item for g in proposal.effective_grounds} == {"scope.not_gov_info"}
