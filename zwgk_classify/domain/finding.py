"""Everything that combination may look at: hits, the model's assessment, facts of the document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from zwgk_classify.domain.evidence import Coverage, Evidence, Span
from zwgk_classify.domain.scales import Attribute, Effect


class Source(Enum):
    """Who says so: the negative list's rules or the trained model."""

    RULE = "rule"
    MODEL = "model"


@dataclass(frozen=True, slots=True, order=True)
class LegalBasis:
    """An article of a law in the version that is in force (法律依据)."""

    law: str
    version: str
    article: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A list item found in a document, with its evidence and, if any, the guard that limits it.

    ``attribute`` is what the ground asks for; ``severable`` tells whether the rest can be
    disclosed without the evidence (区分处理, 条例 art. 37).
    """

    item: str
    name: str
    effect: Effect
    attribute: Attribute
    basis: tuple[LegalBasis, ...]
    evidence: tuple[Evidence, ...]
    source: Source
    report_code: str | None = None
    severable: bool = True
    suppressed_by: str | None = None


@dataclass(frozen=True, slots=True)
class PublishHit:
    """A must-publish item of arts 20 and 21 found in a document (法定主动公开事项)."""

    item: str
    name: str
    basis: tuple[LegalBasis, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature added to the logit; ``span`` is ``None`` where it has no place in the text."""

    feature: str
    weight: float
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The model's view of a document: calibrated probabilities, prediction set, reasons.

    ``probabilities`` sum to 1; ``prediction_set`` holds every attribute the model cannot
    exclude at its stated error rate and is empty where the text is unlike its training.
    """

    probabilities: Mapping[Attribute, float]
    prediction_set: frozenset[Attribute]
    findings: tuple[tuple[str, float, Evidence], ...] = ()
    contributions: tuple[Contribution, ...] = ()
    remainder: float = 0.0
    unfamiliar: bool = False

    @property
    def restricts(self) -> bool:
        """Whether the model excludes 主动公开, or holds it less likely than not."""
        excluded = Attribute.PROACTIVE not in self.prediction_set
        return excluded or self.probabilities[Attribute.PROACTIVE] < 0.5


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that went wrong or was cut short; it may only raise the result."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What is known of a document besides its hits (公文要素).

    ``official`` tells whether the text has the build of an official document;
    ``mark`` is the evidence of a state-secret mark, without quote.
    """

    title: str | None = None
    doc_number: str | None = None
    genre: str | None = None
    date: dt.date | None = None
    printed_attribute: str | None = None
    printed_partial: bool = False
    official: bool = True
    empty: bool = False
    mark: Evidence | None = None
    coverage: Coverage = field(default_factory=lambda: Coverage(read=("body",)))
    findings: tuple[Fault, ...] = ()
