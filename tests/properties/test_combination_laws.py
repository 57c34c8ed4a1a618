"""Laws 1-3 and 8 of combination: join, monotone, fail closed, deterministic."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zwgk_classify.classify.combine import combine
from zwgk_classify.domain import (
    Assessment,
    Attribute,
    Coverage,
    DocumentFacts,
    Effect,
    Evidence,
    Fault,
    Hit,
    LegalBasis,
    Proposal,
    PublishHit,
    Source,
    Span,
    Status,
    Unread,
)

DAY = dt.date(2025, 3, 1)
CLEAR = Assessment(
    {Attribute.PROACTIVE: 0.97, Attribute.ON_REQUEST: 0.02, Attribute.WITHHELD: 0.01},
    frozenset({Attribute.PROACTIVE}),
)
BASIS = (LegalBasis("政府信息公开条例", "2019", "16"),)

spans = st.builds(
    lambda start, length: Evidence(Span("body", start, start + length), "文"),
    st.integers(0, 500),
    st.integers(1, 30),
)
# A ground asks at least for what its effect means; the list may ask for more, never for less.
LEAST = {
    Effect.DISCLOSE: Attribute.PROACTIVE,
    Effect.NOTICE: Attribute.PROACTIVE,
    Effect.REDACT: Attribute.PROACTIVE,
    Effect.ROUTE_QUERY: Attribute.ON_REQUEST,
    Effect.MAY_WITHHOLD: Attribute.ON_REQUEST,
}


@st.composite
def hits(draw: st.DrawFn) -> Hit:
    effect = draw(st.sampled_from(list(Effect)))
    least = LEAST.get(effect, Attribute.WITHHELD)
    return Hit(
        item=draw(st.sampled_from(["process.draft", "third_party.privacy", "scope.not_gov_info"])),
        name="条目",
        effect=effect,
        attribute=draw(st.sampled_from([a for a in Attribute if a >= least])),
        basis=BASIS,
        evidence=tuple(draw(st.lists(spans, min_size=1, max_size=2))),
        source=draw(st.sampled_from(list(Source))),
        severable=draw(st.booleans()),
        suppressed_by=draw(st.sampled_from([None, None, "G-TITLE"])),
    )


assessments = st.one_of(
    st.none(),
    st.builds(
        lambda chosen, unfamiliar: replace(
            CLEAR, prediction_set=frozenset(chosen), unfamiliar=unfamiliar
        ),
        st.sets(st.sampled_from(list(Attribute))),
        st.booleans(),
    ),
)
documents = st.builds(
    DocumentFacts,
    printed_attribute=st.sampled_from([None, "主动公开", "依申请公开", "不予公开", "部分公开"]),
    official=st.booleans(),
    empty=st.just(False),
    coverage=st.sampled_from(
        [
            Coverage(("body",)),
            Coverage(("body",), (Unread("embedded:1", "U-EMBEDDED", "内嵌对象未读取"),)),
        ]
    ),
)
faults = st.lists(
    st.sampled_from([Fault("F-RULES", "清单比对未完成"), Fault("D-COMMENTS", "有批注")]), max_size=2
)
publish = st.lists(
    st.just(PublishHit("mp.20.7", "财政预算、决算", (), (Evidence(Span("body", 0, 2), "预算"),))),
    max_size=1,
)


def propose(
    found: list[Hit],
    *,
    facts: DocumentFacts | None = None,
    assessment: Assessment | None = CLEAR,
    problems: list[Fault] | None = None,
    must_publish: list[PublishHit] | None = None,
    declared: str | None = None,
) -> Proposal:
    return combine(
        identifier="x",
        facts=facts or DocumentFacts(),
        hits=found,
        must_publish=must_publish or [],
        assessment=assessment,
        faults=problems or [],
        versions={"zwgk_classify": "0"},
        as_of=DAY,
        declared=declared,
    )


def closed_at_least(one: Proposal, other: Proposal) -> bool:
    """Whether ``one`` is nowhere more open than ``other``."""
    if one.status < other.status:
        return False
    if one.attribute is None or other.attribute is None:
        return one.status > Status.PROPOSED
    return one.attribute >= other.attribute


@settings(max_examples=300, deadline=None)
@given(st.lists(hits(), max_size=6), hits(), documents, assessments, faults, publish)
def test_more_evidence_never_opens(found, extra, facts, assessment, problems, published) -> None:
    """Law 2: one more hit leaves the result where it was or closes it."""
    given_facts = {
        "facts": facts,
        "assessment": assessment,
        "problems": problems,
        "must_publish": published,
    }
    before, after = propose(found, **given_facts), propose([*found, extra], **given_facts)
    assert closed_at_least(after, before)


@settings(max_examples=300, deadline=None)
@given(st.lists(hits(), max_size=5), documents, assessments, faults)
def test_faults_and_gaps_never_open(found, facts, assessment, problems) -> None:
    """Laws 2 and 3: an error, a missing model or an unread part asks for a person at least."""
    plain = propose(found, facts=facts, assessment=assessment, problems=problems)
    broken = propose(
        found, facts=facts, assessment=assessment, problems=[*problems, Fault("F-MODEL", "未完成")]
    )
    blind = propose(found, facts=facts, assessment=None, problems=problems)
    gap = replace(facts, coverage=Coverage(("body",), (Unread("header:1", "U-XML", "页眉损坏"),)))
    unread = propose(found, facts=gap, assessment=assessment, problems=problems)
    for worse in (broken, unread):
        assert closed_at_least(worse, plain)
        assert worse.status >= Status.REVIEW
    assert blind.status >= Status.REVIEW


@settings(max_examples=300, deadline=None)
@given(st.lists(hits(), max_size=6), documents, assessments, faults, st.randoms())
def test_order_changes_nothing(found, facts, assessment, problems, random) -> None:
    """Laws 1 and 8: the result is a join, so the order of rules does not show in any byte."""
    shuffled = list(found)
    random.shuffle(shuffled)
    one = propose(found, facts=facts, assessment=assessment, problems=problems)
    other = propose(shuffled, facts=facts, assessment=assessment, problems=problems[::-1])
    assert one.to_dict() == other.to_dict()


@settings(max_examples=300, deadline=None)
@given(st.lists(hits(), min_size=1, max_size=4), st.lists(hits(), min_size=1, max_size=4))
def test_result_is_the_join_of_its_parts(left, right) -> None:
    """Law 1: the strictest limb decides; limbs are never averaged."""
    both = propose([*left, *right])
    parts = [propose(left), propose(right)]
    assert both.status is Status.join(p.status for p in parts)
    assert both.attribute is Attribute.join(p.attribute for p in parts if p.attribute)


@settings(max_examples=300, deadline=None)
@given(st.lists(hits(), max_size=6), hits())
def test_a_guard_limits_only_its_own_hit(found, extra) -> None:
    """Law 2: a suppressed hit changes nothing else, and stays visible."""
    guarded = replace(extra, suppressed_by="G-PUBLICITY")
    without, with_guarded = propose(found), propose([*found, guarded])
    assert with_guarded.attribute is without.attribute
    assert with_guarded.status is without.status
    assert guarded in with_guarded.grounds


@settings(max_examples=300, deadline=None)
@given(st.lists(hits(), max_size=6), assessments, publish)
def test_a_mark_blocks_whatever_else_is_said(found, assessment, published) -> None:
    """A real mark of a state secret is never argued away, and its place carries no words."""
    marked = DocumentFacts(title="标题", mark=Evidence(Span("body", 7, 12)))
    result = propose(found, facts=marked, assessment=assessment, must_publish=published)
    assert result.status is Status.BLOCKED
    assert result.attribute is None
    assert "标题" not in str(result.to_dict())
    assert all(e.quote is None for g in result.grounds for e in g.evidence)


def test_from_a_clean_draft_every_fault_asks_for_a_person() -> None:
    """Law 3, one fault at a time, with nothing else that could raise the status."""
    gap = Coverage(("body",), (Unread("header:1", "U-XML", "页眉损坏"),))
    for worse in (
        propose([], problems=[Fault("F-RULES", "清单比对未完成")]),
        propose([], assessment=None),
        propose([], assessment=replace(CLEAR, unfamiliar=True)),
        propose([], assessment=replace(CLEAR, prediction_set=frozenset())),
        propose([], assessment=replace(CLEAR, prediction_set=frozenset(Attribute))),
        propose([], facts=DocumentFacts(coverage=gap)),
        propose([], facts=DocumentFacts(official=False)),
        propose([], facts=DocumentFacts(empty=True)),
        propose([], facts=DocumentFacts(findings=(Fault("D-COMMENTS", "有批注"),))),
    ):
        assert worse.status is Status.REVIEW
        assert len(worse.review_reasons) == 1


@pytest.mark.parametrize("first", list(Attribute))
@pytest.mark.parametrize("second", list(Attribute))
@pytest.mark.parametrize(
    "effects", [(Effect.MAY_WITHHOLD, Effect.ROUTE_QUERY), (Effect.REFER, Effect.REDACT)]
)
def test_two_grounds_join_whatever_their_strength(
    first: Attribute, second: Attribute, effects: tuple[Effect, Effect]
) -> None:
    """Law 1: a stronger effect with a milder attribute does not hide a stricter attribute."""
    grounds = [
        Hit(f"process.{n}", "条目", effect, attribute, BASIS, (), Source.RULE)
        for n, (effect, attribute) in enumerate(zip(effects, (first, second), strict=True))
    ]
    assert propose(grounds).attribute is max(first, second)


@pytest.mark.parametrize("effect", [e for e in Effect if e > Effect.DISCLOSE])
def test_every_effect_asks_for_a_person(effect: Effect) -> None:
    """Art. 14 must, art. 15 must unless, art. 16 may: none of them passes in silence."""
    hit = Hit("process.draft", "条目", effect, Attribute.WITHHELD, BASIS, (), Source.RULE)
    assert propose([hit]).status >= Status.REVIEW


def test_nothing_found_is_open_and_clear() -> None:
    """Law 5: outside the list the presumption is disclosure, without hiding behind review."""
    result = propose([])
    assert (result.attribute, result.status) == (Attribute.PROACTIVE, Status.PROPOSED)


def test_must_publish_outranks_art_16_but_not_art_15() -> None:
    """Law 4: arts 20 and 21 take the attribute from a may-ground, never from a must-ground."""
    published = [PublishHit("mp.20.7", "财政预算、决算", (), ())]
    may = Hit(
        "process.draft", "过程稿", Effect.MAY_WITHHOLD, Attribute.WITHHELD, BASIS, (), Source.RULE
    )
    must = replace(may, item="third_party.privacy", effect=Effect.MUST_UNLESS)
    assert propose([may], must_publish=published).attribute is Attribute.PROACTIVE
    assert propose([may], must_publish=published).status is Status.REVIEW
    assert propose([may, must], must_publish=published).attribute is Attribute.WITHHELD


@pytest.mark.parametrize("stated", ["主动公开", "依申请公开", "不予公开"])
def test_an_unknown_or_missing_statement_never_opens(stated: str) -> None:
    """What was declared or printed is compared, never believed."""
    secret = Hit(
        "third_party.privacy",
        "隐私",
        Effect.MUST_UNLESS,
        Attribute.WITHHELD,
        BASIS,
        (),
        Source.RULE,
    )
    assert propose([secret], declared=stated).attribute is Attribute.WITHHELD
    assert propose([], declared="公开吧").status is Status.REVIEW
    assert [d.code for d in propose([], declared="").defects] == ["V-ATTR-MISSING"]
