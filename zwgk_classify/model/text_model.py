"""The text classifier in use: plain arrays, no training library, exact additive reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zwgk_classify.documents import Document
from zwgk_classify.domain import Assessment, Attribute, Contribution, Evidence, Span
from zwgk_classify.model.features import Passage, Vector, Vectorizer, passages_of

RESTRICTED = "restricted"
WITHHELD = "withheld"
OTHER = "other"
_SHOWN = 12


@dataclass(frozen=True)
class Calibration:
    """What turns pooled scores into probabilities and sets, fitted on held-out groups.

    ``slope`` and ``intercept`` map a passage's logit to that of "restricted"; the document
    has the probability of its strongest passage, so more text never opens it. ``quantiles``
    are the class-conditional conformal thresholds on 1 - p; ``least_known`` is the share of
    known characters below which the text is unlike the training texts.
    """

    slope: float
    intercept: float
    withheld_slope: float
    withheld_intercept: float
    other_logit: float
    least_known: float
    quantiles: Mapping[str, float]


@dataclass(frozen=True)
class Scores:
    """Logits of every passage (rows) for every head (columns), and what the lexicon knew."""

    logits: npt.NDArray[np.float64]
    known: npt.NDArray[np.float64]


class TextModel:
    """Linear heads over passage features; pooled to the document, calibrated, explained."""

    def __init__(
        self,
        vectorizer: Vectorizer,
        heads: Sequence[str],
        weights: npt.NDArray[np.float32],
        biases: npt.NDArray[np.float64],
        calibration: Calibration,
        digest: str,
    ) -> None:
        self.vectorizer = vectorizer
        self.heads = tuple(heads)
        self.weights = weights
        self.biases = biases
        self.calibration = calibration
        self.digest = digest
        self._restricted = self.heads.index(RESTRICTED)
        self._withheld = self.heads.index(WITHHELD)
        self._other = self.heads.index(OTHER)
        self._items = [i for i, h in enumerate(self.heads) if "." in h]

    def assess(self, document: Document) -> Assessment:
        """Probabilities, prediction set, item findings with places, contributions."""
        passages = passages_of(document)
        if not passages:
            return Assessment(
                {a: 1.0 if a is Attribute.PROACTIVE else 0.0 for a in Attribute},
                frozenset(),
                unfamiliar=True,
            )
        context = self.vectorizer.context(document)
        vectors, known = self.vectorizer.passages(passages)
        logits = self._logits(vectors, context)
        strongest = int(np.argmax(logits[:, self._restricted]))
        probabilities = self.probabilities(logits[strongest])
        unfamiliar = self._unfamiliar(passages, known, logits)
        shown, remainder = self._reasons(document, passages[strongest], vectors[strongest], context)
        return Assessment(
            probabilities=probabilities,
            prediction_set=frozenset() if unfamiliar else self._set(probabilities),
            findings=() if unfamiliar else self._findings(document, passages, logits),
            contributions=shown,
            remainder=remainder,
            unfamiliar=unfamiliar,
        )

    def score(self, document: Document) -> Scores:
        """Raw logits of all passages, for evaluation."""
        passages = passages_of(document)
        vectors, known = self.vectorizer.passages(passages)
        return Scores(self._logits(vectors, self.vectorizer.context(document)), np.asarray(known))

    def _logits(self, vectors: list[Vector], context: Vector) -> npt.NDArray[np.float64]:
        base = self.biases + self._dot(context)
        if not vectors:
            return np.zeros((0, len(self.heads)))
        return np.stack([base + self._dot(v) for v in vectors])

    def _dot(self, vector: Vector) -> npt.NDArray[np.float64]:
        index, value = vector
        product: npt.NDArray[np.float64] = value @ self.weights[index].astype(np.float64)
        return product

    def probabilities(self, row: npt.NDArray[np.float64]) -> dict[Attribute, float]:
        """Attribute probabilities of a document whose strongest passage has the logits ``row``."""
        return attribute_probabilities(
            self.calibration, float(row[self._restricted]), float(row[self._withheld])
        )

    def _set(self, probabilities: Mapping[Attribute, float]) -> frozenset[Attribute]:
        limits = self.calibration.quantiles
        chosen = {a for a, p in probabilities.items() if 1.0 - p <= limits[a.value]}
        return frozenset(chosen)

    def _unfamiliar(
        self, passages: list[Passage], known: list[float], logits: npt.NDArray[np.float64]
    ) -> bool:
        lengths = np.asarray([len(p.text) for p in passages], dtype=np.float64)
        share = float((np.asarray(known) * lengths).sum() / max(lengths.sum(), 1.0))
        if share < self.calibration.least_known:
            return True
        return float(np.median(logits[:, self._other])) > self.calibration.other_logit

    def _findings(
        self, document: Document, passages: list[Passage], logits: npt.NDArray[np.float64]
    ) -> tuple[tuple[str, float, Evidence], ...]:
        """Passages that alone would make the model restrict, each with its best item."""
        found = []
        restricted = logits[:, self._restricted]
        for row, passage in enumerate(passages):
            alone = self.probabilities(logits[row])
            if not Assessment(alone, self._set(alone)).restricts:
                continue
            best = max(self._items, key=lambda i: (logits[row, i], -i))
            found.append((self.heads[best], float(restricted[row]), _evidence(document, passage)))
        return tuple(found)

    def _reasons(
        self, document: Document, passage: Passage, vector: Vector, context: Vector
    ) -> tuple[tuple[Contribution, ...], float]:
        """Contributions to the restricted logit of the strongest passage; they add up exactly."""
        column = self.weights[:, self._restricted].astype(np.float64)
        spans: dict[int, tuple[int, int]] = {}
        for term, start, end in self.vectorizer.places(passage):
            spans.setdefault(term, (start, end))
        parts: list[tuple[float, int]] = []
        for index, value in (vector, context):
            parts += [(float(w), int(i)) for i, w in zip(index, column[index] * value, strict=True)]
        parts.sort(key=lambda p: (-abs(p[0]), p[1]))
        total = float(self.biases[self._restricted]) + sum(w for w, _ in parts)
        shown = tuple(
            Contribution(
                self.vectorizer.feature_name(i),
                w,
                _span(document, passage.part, spans[i]) if i in spans else None,
            )
            for w, i in parts[:_SHOWN]
        )
        return shown, total - sum(c.weight for c in shown)


def attribute_probabilities(
    calibration: Calibration, restricted: float, withheld: float
) -> dict[Attribute, float]:
    """Probabilities of the three attributes from the logits of the two document heads."""
    c = calibration
    closed = _sigmoid(c.slope * restricted + c.intercept)
    kept = _sigmoid(c.withheld_slope * withheld + c.withheld_intercept)
    return {
        Attribute.PROACTIVE: 1.0 - closed,
        Attribute.ON_REQUEST: closed * (1.0 - kept),
        Attribute.WITHHELD: closed * kept,
    }


def _sigmoid(value: float) -> float:
    return float(1.0 / (1.0 + np.exp(-np.clip(value, -40.0, 40.0))))


def _span(document: Document, part: str, place: tuple[int, int]) -> Span:
    start, end = document.part(part).normal.to_original(*place)
    return Span(part, start, end)


def _evidence(document: Document, passage: Passage) -> Evidence:
    span = _span(document, passage.part, (passage.start, passage.end))
    return Evidence(span, document.part(span.part).text[span.start : span.end])
