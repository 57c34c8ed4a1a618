"""Joins document facts, hits and the model's view into one proposal; pure and total.

Every input gives a lower bound (an attribute and a status, both on ordered scales); the
result is the join of all bounds. Nothing is averaged, nothing is opened by more evidence.
The steps:

1. A state-secret mark blocks (保密法 2024 art. 31).
2. Every effective ground gives the bound of its effect (条例 2019 arts 11, 14-16, 36).
3. Must-publish items take the attribute, not the review, from grounds of art. 16 (arts 20, 21).
4. Separable point data gives partial disclosure (art. 37).
5. The model's prediction set gives a bound.
6. Faults, gaps in reading, and texts that are no official document give REVIEW.
7. What is declared or printed is compared with the result (国办发〔2016〕80号).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from zwgk_classify.domain import (
    Assessment,
    Attribute,
    Defect,
    DocumentFacts,
    Effect,
    Fault,
    Hit,
    Proposal,
    PublishHit,
    ReviewReason,
    Status,
)


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower bound on the result, and why a person must look, if so."""

    attribute: Attribute = Attribute.PROACTIVE
    status: Status = Status.PROPOSED
    reason: ReviewReason | None = None
    partial: bool = False


_WHY_REVIEW = {
    Effect.REFER: ("R-REFER", "疑似国家秘密事项，报定密责任人或保密行政管理部门确定"),
    Effect.MUST_WITHHOLD: ("R-HARM", "拟不予公开，须写明公开后的具体危害"),
    Effect.MUST_UNLESS: ("R-THIRD-PARTY", "涉及第三方权益，须征求意见或作公共利益衡量"),
    Effect.NEED_APPROVAL: ("R-APPROVAL", "须报有权机关批准或由其统一发布"),
    Effect.MAY_WITHHOLD: ("R-DISCRETION", "可以不予公开：须说明裁量理由，亦可依申请公开"),
    Effect.ROUTE_QUERY: ("R-QUERY", "属于行政查询事项，告知依有关法律法规办理"),
    Effect.REDACT: ("R-REDACT", "含须遮盖的内容，作区分处理后公开"),
    Effect.NOTICE: ("R-NOTICE", "有须由人判断的提示，本身不构成不予公开的理由"),
}
_MODEL_UNSURE = ReviewReason("R-MODEL-UNSURE", "模型不能排除其他属性，请人工判断")
_MODEL_UNFAMILIAR = ReviewReason("R-MODEL-UNFAMILIAR", "文本与模型所学差异过大，模型不作判断")
_MODEL_MISSING = ReviewReason("R-MODEL-MISSING", "模型未参与判断")
_MODEL_RESTRICTS = ReviewReason("R-MODEL", "模型认为不宜主动公开，请核对其指出的段落")
_NOT_OFFICIAL = ReviewReason("R-NOT-OFFICIAL", "文本不具备公文形态，不能直接认定公开属性")
_EMPTY = ReviewReason("R-EMPTY", "没有可供判断的文字")
_COVERAGE = ReviewReason("R-COVERAGE", "文件有未能读取的部分，不能认定为主动公开")
_OUTRANKED = ReviewReason(
    "R-MUST-PUBLISH", "属于法定主动公开事项，第十六条的理由不能对抗，请作区分处理"
)


def combine(
    *,
    identifier: str,
    facts: DocumentFacts,
    hits: Sequence[Hit],
    must_publish: Sequence[PublishHit],
    assessment: Assessment | None,
    faults: Iterable[Fault],
    versions: Mapping[str, str | None],
    as_of: dt.date,
    declared: str | None = None,
) -> Proposal:
    """The least open proposal that facts, hits, assessment and faults allow.

    ``declared`` is the attribute the drafter entered, ``None`` where none was asked for.
    """
    if facts.mark is not None:
        return _blocked(identifier, facts, hits, versions, as_of)
    ordered = tuple(sorted(hits, key=_order))
    effective = [h for h in ordered if h.suppressed_by is None]
    bounds = [_ground_bound(h, bool(must_publish)) for h in effective]
    bounds.append(_model_bound(assessment))
    bounds += _document_bounds(facts, faults)
    attribute = Attribute.join(b.attribute for b in bounds)
    partial = attribute is Attribute.PROACTIVE and any(b.partial for b in bounds)
    defects = _defects(facts, declared, attribute, partial, effective)
    if any(d.code in _REVIEWED_DEFECTS for d in defects):
        bounds.append(Bound(status=Status.REVIEW))
    status = Status.join(b.status for b in bounds)
    reasons = dict.fromkeys(b.reason for b in bounds if b.reason is not None)
    return Proposal(
        id=identifier,
        attribute=None if facts.empty else attribute,
        status=status,
        partial=partial,
        grounds=ordered,
        must_publish=tuple(sorted(must_publish, key=lambda m: m.item)),
        defects=defects,
        review_reasons=tuple(sorted(reasons, key=lambda r: (r.code, r.message))),
        facts=facts,
        assessment=assessment,
        versions=versions,
        as_of=as_of,
    )


def _order(hit: Hit) -> tuple[object, ...]:
    # Strongest first; every field that can differ takes part, so no input order shows through.
    return (
        hit.suppressed_by is not None,
        -hit.effect.rank,
        hit.item,
        hit.source.value,
        hit.suppressed_by or "",
        hit.evidence,
    )


def _ground_bound(hit: Hit, must_publish: bool) -> Bound:
    if hit.effect is Effect.BLOCK_SECRET:
        # Only a mark in its place blocks (step 1); an item that says so otherwise is referred.
        return Bound(Attribute.WITHHELD, Status.REVIEW, ReviewReason(*_WHY_REVIEW[Effect.REFER]))
    if hit.effect is Effect.DISCLOSE:
        return Bound()
    reason = ReviewReason(*_WHY_REVIEW[hit.effect])
    if hit.effect is Effect.MAY_WITHHOLD and must_publish:
        return Bound(Attribute.PROACTIVE, Status.REVIEW, _OUTRANKED, partial=hit.severable)
    return Bound(hit.attribute, Status.REVIEW, reason, partial=hit.effect is Effect.REDACT)


def _model_bound(assessment: Assessment | None) -> Bound:
    if assessment is None:
        return Bound(status=Status.REVIEW, reason=_MODEL_MISSING)
    if assessment.unfamiliar or not assessment.prediction_set:
        return Bound(status=Status.REVIEW, reason=_MODEL_UNFAMILIAR)
    if assessment.restricts:
        # The model alone never withholds: without a citable ground it asks for a person.
        return Bound(Attribute.ON_REQUEST, Status.REVIEW, _MODEL_RESTRICTS)
    if len(assessment.prediction_set) > 1:
        return Bound(status=Status.REVIEW, reason=_MODEL_UNSURE)
    return Bound()


def _document_bounds(facts: DocumentFacts, faults: Iterable[Fault]) -> list[Bound]:
    reasons = [ReviewReason(f.code, f.message) for f in (*facts.findings, *faults)]
    if facts.empty:
        reasons.append(_EMPTY)
    elif not facts.official:
        reasons.append(_NOT_OFFICIAL)
    if not facts.coverage.complete:
        reasons.append(_COVERAGE)
    return [Bound(status=Status.REVIEW, reason=reason) for reason in reasons]


_REVIEWED_DEFECTS = frozenset({"V-MARK-MISMATCH", "V-MIXED", "V-BASIS-MISSING", "V-ATTR-UNKNOWN"})
_NAMES = {a.value: a for a in Attribute}


def _defects(
    facts: DocumentFacts,
    declared: str | None,
    attribute: Attribute,
    partial: bool,
    effective: Sequence[Hit],
) -> tuple[Defect, ...]:
    """Conflicts of what is declared, printed and found, all at once (domain codes V-…)."""
    found: list[Defect] = []
    printed = facts.printed_attribute
    if declared is not None and not declared.strip():
        found.append(Defect("V-ATTR-MISSING", "没有写明公开属性，应退回补填"))
    for name, origin in ((declared, "申报"), (printed, "附注印明")):
        if name is None or not name.strip():
            continue
        found += _stated_defects(name, origin, attribute, partial, effective)
    if declared and printed and declared != printed:
        found.append(
            Defect(
                "V-MARK-MISMATCH", f"申报的属性（{declared}）与附注印明的属性（{printed}）不一致"
            )
        )
    return tuple(dict.fromkeys(found))


def _stated_defects(
    name: str, origin: str, attribute: Attribute, partial: bool, effective: Sequence[Hit]
) -> list[Defect]:
    if name == "部分公开":
        return []
    stated = _NAMES.get(name)
    if stated is None:
        return [Defect("V-ATTR-UNKNOWN", f"{origin}的属性不是规定的三种之一")]
    if stated is Attribute.PROACTIVE and (attribute > stated or partial):
        return [Defect("V-MIXED", f"{origin}为主动公开，但内容含有不宜公开的部分")]
    grounded = [h for h in effective if h.effect > Effect.NOTICE]
    if stated is Attribute.WITHHELD and not grounded:
        return [Defect("V-BASIS-MISSING", f"{origin}为不予公开，但未发现清单所列的法定理由")]
    if stated is not attribute:
        return [
            Defect("V-MARK-MISMATCH", f"{origin}的属性（{name}）与建议（{attribute.value}）不一致")
        ]
    return []


def _blocked(
    identifier: str,
    facts: DocumentFacts,
    hits: Sequence[Hit],
    versions: Mapping[str, str | None],
    as_of: dt.date,
) -> Proposal:
    """Nothing of the text stays in a blocked proposal: marks have places, no quotes, no title."""
    marks = tuple(h for h in hits if h.effect is Effect.BLOCK_SECRET)
    reason = ReviewReason("B-SECRET-MARK", "发现国家秘密标志，停止处理，转保密机构线下办理")
    return Proposal(
        id=identifier,
        attribute=None,
        status=Status.BLOCKED,
        partial=False,
        grounds=tuple(
            replace(h, evidence=tuple(replace(e, quote=None) for e in h.evidence)) for h in marks
        ),
        must_publish=(),
        defects=(),
        review_reasons=(reason,),
        facts=DocumentFacts(mark=facts.mark, coverage=facts.coverage),
        assessment=None,
        versions=versions,
        as_of=as_of,
    )
