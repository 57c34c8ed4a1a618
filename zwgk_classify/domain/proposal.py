"""What the library says of a draft, and its public JSON shape."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zwgk_classify.domain.evidence import Coverage, Evidence
from zwgk_classify.domain.finding import Assessment, DocumentFacts, Hit, LegalBasis, PublishHit
from zwgk_classify.domain.scales import Attribute, Status
from zwgk_classify.render.text import reasons_paragraph, text_card

SCHEMA = "zwgk.proposal/1"


@dataclass(frozen=True, slots=True)
class Defect:
    """A formal fault of the draft with its return code (退文情形, 国办发〔2016〕80号)."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ReviewReason:
    """Why a person must look (复核原因)."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed disclosure attribute with every ground, its statute and its place.

    ``attribute`` is ``None`` only when processing was blocked or nothing can be said.
    A proposal never determines that something is a state secret (保密法 arts 16, 17).
    """

    id: str
    attribute: Attribute | None
    status: Status
    partial: bool
    grounds: tuple[Hit, ...]
    must_publish: tuple[PublishHit, ...]
    defects: tuple[Defect, ...]
    review_reasons: tuple[ReviewReason, ...]
    facts: DocumentFacts
    assessment: Assessment | None
    versions: Mapping[str, str | None]
    as_of: dt.date

    @property
    def effective_grounds(self) -> tuple[Hit, ...]:
        """The grounds that no guard limits."""
        return tuple(g for g in self.grounds if g.suppressed_by is None)

    @property
    def annual_report_code(self) -> str | None:
        """Row of annual report table 3 for the main ground (国办公开办函〔2021〕30号)."""
        coded = [g for g in self.effective_grounds if g.report_code]
        if not coded or self.attribute in (None, Attribute.PROACTIVE):
            return None
        return max(coded, key=lambda g: g.effect).report_code

    def reasons(self) -> str:
        """A paragraph for the approval form, in Chinese."""
        return reasons_paragraph(self._bare_dict())

    def to_dict(self) -> dict[str, Any]:
        """The public JSON object (schema ``zwgk.proposal/1``)."""
        shape = self._bare_dict()
        shape["reasons"] = reasons_paragraph(shape)
        return shape

    def __str__(self) -> str:
        return text_card(self.to_dict())

    def _bare_dict(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "id": self.id,
            "attribute": self.attribute.value if self.attribute else None,
            "status": self.status.value,
            "partial": self.partial,
            "grounds": [_ground(g) for g in self.grounds],
            "must_publish": [_publish(m) for m in self.must_publish],
            "defects": [{"code": d.code, "message": d.message} for d in self.defects],
            "review_reasons": [{"code": r.code, "message": r.message} for r in self.review_reasons],
            "reasons": "",
            "annual_report_code": self.annual_report_code,
            "document": _document(self.facts),
            "model": _model(self.assessment),
            "versions": dict(self.versions),
            "as_of": self.as_of.isoformat(),
        }


def _basis(basis: tuple[LegalBasis, ...]) -> list[dict[str, str]]:
    return [{"law": b.law, "version": b.version, "article": b.article} for b in basis]


def _evidence(evidence: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    return [
        {"part": e.span.part, "start": e.span.start, "end": e.span.end, "quote": e.quote}
        for e in evidence
    ]


def _ground(hit: Hit) -> dict[str, Any]:
    return {
        "item": hit.item,
        "name": hit.name,
        "effect": hit.effect.value,
        "source": hit.source.value,
        "suppressed_by": hit.suppressed_by,
        "basis": _basis(hit.basis),
        "evidence": _evidence(hit.evidence),
    }


def _publish(hit: PublishHit) -> dict[str, Any]:
    return {
        "item": hit.item,
        "name": hit.name,
        "basis": _basis(hit.basis),
        "evidence": _evidence(hit.evidence),
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "complete": coverage.complete,
        "read": list(coverage.read),
        "unread": [{"part": u.part, "code": u.code, "message": u.message} for u in coverage.unread],
    }


def _document(facts: DocumentFacts) -> dict[str, Any]:
    return {
        "title": facts.title,
        "doc_number": facts.doc_number,
        "genre": facts.genre,
        "date": facts.date.isoformat() if facts.date else None,
        "printed_attribute": facts.printed_attribute,
        "coverage": _coverage(facts.coverage),
    }


def _model(assessment: Assessment | None) -> dict[str, Any] | None:
    if assessment is None:
        return None
    return {
        "probabilities": {
            a.value: round(assessment.probabilities.get(a, 0.0), 4) for a in Attribute
        },
        "prediction_set": [a.value for a in Attribute if a in assessment.prediction_set],
    }
