"""The façade: a draft goes in, a proposal comes out; faults become bounds, never openings."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

from zwgk_classify._version import __version__
from zwgk_classify.classify.combine import combine
from zwgk_classify.documents import Document, read_document
from zwgk_classify.domain import (
    Assessment,
    Coverage,
    DocumentFacts,
    Evidence,
    Fault,
    Hit,
    Proposal,
    PublishHit,
    Source,
    Unread,
)
from zwgk_classify.errors import DocumentError, ModelError
from zwgk_classify.model import TextModel, load_model
from zwgk_classify.rules import NegativeList

Draft = str | bytes | os.PathLike[str] | Document
_MARKED = "state_secret.marked"


class Classifier:
    """Classifies drafts with one negative list and one model; immutable, safe among threads.

    Nothing is written, logged or cached: the proposal is the only result.
    """

    def __init__(
        self,
        negative_list: NegativeList,
        model: TextModel | None,
        *,
        today: Callable[[], dt.date] = dt.date.today,
        faults: tuple[Fault, ...] = (),
    ) -> None:
        self._list = negative_list
        self._model = model
        self._today = today
        self._faults = faults

    @classmethod
    def default(cls) -> Classifier:
        """The shipped list and model; no network, no global state.

        A missing or damaged model does not stop the rules: every proposal then asks for review.
        Raises: NegativeListError when the list itself is invalid.
        """
        return cls.load()

    @classmethod
    def load(cls, list_root: Path | None = None, model_root: Path | None = None) -> Classifier:
        """The list and model in the given folders, or the shipped ones."""
        negative_list = NegativeList.load(list_root)
        try:
            return cls(negative_list, load_model(model_root))
        except ModelError as error:
            return cls(negative_list, None, faults=(Fault(error.code, error.message),))

    @property
    def versions(self) -> dict[str, str | None]:
        """Library version, list digest and model digest: what a proposal depends on."""
        return {
            "zwgk_classify": __version__,
            "negative_list": self._list.digest,
            "model": self._model.digest if self._model else None,
        }

    def classify(
        self,
        draft: Draft,
        *,
        identifier: str = "",
        as_of: dt.date | None = None,
        declared: str | None = None,
    ) -> Proposal:
        """Propose a disclosure attribute for ``draft``.

        ``draft`` is text (str), file bytes, a path, or a Document. ``as_of`` is the day whose
        list and statutes apply: by default the document's own date, else today. ``declared``
        is the attribute the drafter entered (an empty string: asked for, not given).

        A draft that cannot be read gives a proposal without attribute under review, with the
        reason's code; no exception of a draft's making leaves this method.
        """
        try:
            document = draft if isinstance(draft, Document) else read_document(draft)
        except DocumentError as error:
            fault = Fault(error.code, error.message)
            return self.unreadable(fault, identifier=identifier, as_of=as_of)
        except Exception as error:  # a reader's bug must not open anything
            fault = Fault("F-READ", f"读取时出现意外错误（{type(error).__name__}）")
            return self.unreadable(fault, identifier=identifier, as_of=as_of)
        day = as_of or self._day(document.facts)
        if document.facts.mark is not None:
            marked = self._marked(document.facts.mark, day)
            return self._propose(document.facts, marked, (), None, [], identifier, day, declared)
        return self._examine(document, identifier, day, declared)

    def _examine(
        self, document: Document, identifier: str, day: dt.date, declared: str | None
    ) -> Proposal:
        faults = list(self._faults)
        hits: tuple[Hit, ...] = ()
        publish: tuple[PublishHit, ...] = ()
        assessment: Assessment | None = None
        try:
            hits, publish = self._list.examine(document, day)
        except Exception as error:
            faults.append(Fault("F-RULES", f"清单比对未完成（{type(error).__name__}）"))
        if self._model is not None:
            try:
                assessment = self._model.assess(document)
                hits += self._model_hits(assessment, day)
            except Exception as error:
                assessment = None
                faults.append(Fault("F-MODEL", f"模型判断未完成（{type(error).__name__}）"))
        return self._propose(
            document.facts, hits, publish, assessment, faults, identifier, day, declared
        )

    def _propose(
        self,
        facts: DocumentFacts,
        hits: tuple[Hit, ...],
        publish: tuple[PublishHit, ...],
        assessment: Assessment | None,
        faults: list[Fault],
        identifier: str,
        day: dt.date,
        declared: str | None,
    ) -> Proposal:
        return combine(
            identifier=identifier,
            facts=facts,
            hits=hits,
            must_publish=publish,
            assessment=assessment,
            faults=faults,
            versions=self.versions,
            as_of=day,
            declared=declared,
        )

    def _model_hits(self, assessment: Assessment, day: dt.date) -> tuple[Hit, ...]:
        """The model's findings as grounds of the list, one an item."""
        by_item: dict[str, list[Evidence]] = {}
        for item, _, evidence in assessment.findings:
            by_item.setdefault(item, []).append(evidence)
        hits = [
            self._list.hit(item, evidence, Source.MODEL, day)
            for item, evidence in sorted(by_item.items())
            if self._list.knows(item)
        ]
        return tuple(h for h in hits if h is not None)

    def _marked(self, mark: Evidence, day: dt.date) -> tuple[Hit, ...]:
        hit = (
            self._list.hit(_MARKED, [mark], Source.RULE, day) if self._list.knows(_MARKED) else None
        )
        return (hit,) if hit else ()

    def _day(self, facts: DocumentFacts) -> dt.date:
        """The document's date; a date still to come is no reason to apply a law to come."""
        today = self._today()
        return min(facts.date, today) if facts.date else today

    def unreadable(
        self, fault: Fault, *, identifier: str = "", as_of: dt.date | None = None
    ) -> Proposal:
        """The proposal for a draft that never became text: no attribute, review, the reason."""
        facts = DocumentFacts(
            empty=True,
            official=False,
            coverage=Coverage(read=(), unread=(Unread("file", fault.code, fault.message),)),
            findings=(fault,),
        )
        return self._propose(facts, (), (), None, [], identifier, as_of or self._today(), None)
