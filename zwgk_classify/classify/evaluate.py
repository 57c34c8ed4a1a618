"""Rules, model and both, judged on the corpus's drafts while their groups are held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zwgk_classify.documents import read_document
from zwgk_classify.domain import Attribute, Effect
from zwgk_classify.rules import NegativeList
from zwgk_classify.rules.exams import EXAM_DAY


@dataclass(frozen=True, slots=True)
class Row:
    """How one way of deciding did: restricted drafts caught, public drafts sent to a person."""

    name: str
    caught: int
    restricted: int
    reviewed: int
    public: int

    @property
    def recall(self) -> float:
        """Share of restricted drafts that were not passed as open."""
        return self.caught / max(self.restricted, 1)

    @property
    def review_share(self) -> float:
        """Share of public drafts that a person would have to look at."""
        return self.reviewed / max(self.public, 1)


def evaluate(corpus: Path, negative_list: NegativeList) -> list[Row]:
    """Rows for rules alone, model alone and both; the model is trained anew for every fold."""
    # Only this command needs the training libraries.
    from zwgk_classify.model.corpus import read_corpus
    from zwgk_classify.model.training import document_probabilities, is_restricted, train

    model, held_out = train(read_corpus(corpus))
    quantiles = model.calibration.quantiles
    drafts = [h for h in held_out if h.example.kind == "draft" and h.example.attribute]
    truths = [is_restricted(h) for h in drafts]
    by_rules = [_stopped_by_rules(negative_list, h.example.text) for h in drafts]
    by_model = [
        {
            a
            for a, p in document_probabilities(model.calibration, h).items()
            if 1.0 - p <= quantiles[a.value]
        }
        != {Attribute.PROACTIVE}
        for h in drafts
    ]
    both = [r or m for r, m in zip(by_rules, by_model, strict=True)]
    named = (("只用规则", by_rules), ("只用模型", by_model), ("规则加模型", both))
    return [_row(name, stopped, truths) for name, stopped in named]


def _stopped_by_rules(negative_list: NegativeList, text: str) -> bool:
    document = read_document(text)
    if document.facts.mark is not None:
        return True
    hits = negative_list.scan(document, document.facts.date or EXAM_DAY)
    return any(h.suppressed_by is None and h.effect > Effect.DISCLOSE for h in hits)


def _row(name: str, stopped: Sequence[bool], truths: Sequence[bool]) -> Row:
    pairs = list(zip(stopped, truths, strict=True))
    return Row(
        name,
        caught=sum(s and t for s, t in pairs),
        restricted=sum(truths),
        reviewed=sum(s and not t for s, t in pairs),
        public=len(truths) - sum(truths),
    )
