"""Trains the text model from the corpus: lexicon, heads, calibration, all on grouped folds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import ComplementNB

from zwgk_classify.documents import Document, read_document
from zwgk_classify.domain import Attribute
from zwgk_classify.model.corpus import Example
from zwgk_classify.model.features import (
    Passage,
    Vectorizer,
    facts_of,
    passages_of,
)
from zwgk_classify.model.lexicon import inverse_frequency, propose_lexicon
from zwgk_classify.model.text_model import (
    OTHER,
    RESTRICTED,
    WITHHELD,
    Calibration,
    TextModel,
    attribute_probabilities,
)

FOLDS = 5
# A class needs this many passages before a head is trained for it.
LEAST_PASSAGES = 6
# Class-conditional error rates of the prediction sets: leaving out a withheld or on-request
# draft is a leak, leaving out a public one sends it to a person. 0.10 is the largest rate at
# which rules and model together keep 0.98 of the corpus's restricted drafts from passing as
# open, each judged while its group was held out (``zwgk model evaluate``).
ALPHA = {Attribute.PROACTIVE: 0.05, Attribute.ON_REQUEST: 0.10, Attribute.WITHHELD: 0.10}
_NEVER_LABELLED = frozenset({"scope.not_gov_info"})
_SEED = 20161230
# Chosen on grouped folds of the corpus: recall on drafts at 5 % false alarms on long public texts.
_INVERSE_PENALTY = 8.0

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Prepared:
    """A corpus text read once: its passages and which items each of them carries."""

    example: Example
    document: Document
    passages: list[Passage]
    labels: list[frozenset[str]]


def prepare(examples: Sequence[Example]) -> list[Prepared]:
    """Read every example as a document and lay its spans over its passages."""
    prepared = []
    for example in examples:
        document = read_document(example.text)
        passages = passages_of(document)
        if passages:
            prepared.append(
                Prepared(
                    example, document, passages, [_labels(example, document, p) for p in passages]
                )
            )
    return prepared


def _labels(example: Example, document: Document, passage: Passage) -> frozenset[str]:
    part = document.part(passage.part)
    start, end = part.normal.to_original(passage.start, passage.end)
    items = {i for i, s, e in example.spans if s < end and start < e}
    return frozenset(items - _NEVER_LABELLED)


def train(
    examples: Sequence[Example], report: Callable[[str], None] = lambda _: None
) -> tuple[TextModel, list[HeldOut]]:
    """Fit the model; also returns what it said of every example while that was held out.

    Deterministic: the same corpus gives the same arrays.
    """
    prepared = prepare(examples)
    groups = [p.example.group for p in prepared]
    report(f"语料 {len(prepared)} 篇，{len(set(groups))} 组")
    held_out: list[HeldOut] = []
    splitter = GroupKFold(n_splits=FOLDS)
    for number, (fit, test) in enumerate(splitter.split(prepared, groups=groups), 1):
        model = _fit([prepared[i] for i in fit])
        held_out += [_observe(model, prepared[i]) for i in test]
        report(f"第 {number}/{FOLDS} 折完成")
    calibration = calibrate(held_out)
    final = _fit(prepared, calibration)
    return final, held_out


@dataclass(frozen=True)
class HeldOut:
    """What a model that never saw a text's group said of it."""

    example: Example
    logits: Floats
    heads: tuple[str, ...]
    labels: list[frozenset[str]]
    known: float

    def column(self, head: str) -> Floats:
        """Logits of one head, one a passage."""
        column: Floats = self.logits[:, self.heads.index(head)]
        return column

    @property
    def top(self) -> float:
        """The strongest passage's logit of "restricted"."""
        return float(self.column(RESTRICTED).max())

    @property
    def withheld(self) -> float:
        """The logit of "withheld" at the strongest passage."""
        return float(self.column(WITHHELD)[int(np.argmax(self.column(RESTRICTED)))])


def _observe(model: TextModel, prepared: Prepared) -> HeldOut:
    scores = model.score(prepared.document)
    lengths = np.asarray([len(p.text) for p in prepared.passages], dtype=np.float64)
    known = float((scores.known * lengths).sum() / lengths.sum())
    return HeldOut(prepared.example, scores.logits, model.heads, prepared.labels, known)


_NEUTRAL = Calibration(1.0, 0.0, 1.0, 0.0, 0.0, 0.0, {a.value: 1.0 for a in Attribute})


def _fit(prepared: Sequence[Prepared], calibration: Calibration = _NEUTRAL) -> TextModel:
    lexicon = propose_lexicon("\n".join(x.text for x in p.passages) for p in prepared)
    facts = sorted({f for p in prepared for f in facts_of(p.document)})
    bare = Vectorizer(lexicon, facts, np.ones(len(lexicon)))
    counts: Counter[int] = Counter()
    for p in prepared:
        vectors, _ = bare.passages(p.passages)
        counts.update({int(i) for index, _ in vectors for i in index})
    idf = inverse_frequency(lexicon, [counts[i] for i in range(len(lexicon))], len(prepared))
    vectorizer = Vectorizer(lexicon, facts, np.asarray(idf))
    matrix, rows = _matrix(vectorizer, prepared)
    items = _items(prepared)
    heads = [RESTRICTED, WITHHELD, OTHER, *items]
    weights = np.zeros((vectorizer.size, len(heads)), dtype=np.float32)
    biases = np.zeros(len(heads))
    weights[:, 3:] = _item_weights(matrix, prepared, rows, items, 2 * len(lexicon))
    for column, head in enumerate(heads[:3]):
        keep, target, share = _target(head, prepared, rows)
        classifier = LogisticRegression(
            C=_INVERSE_PENALTY,
            solver="liblinear",
            max_iter=400,
            random_state=_SEED,
            class_weight=None,
        )
        classifier.fit(matrix[keep], target, sample_weight=share)
        weights[:, column] = classifier.coef_[0].astype(np.float32)
        biases[column] = float(classifier.intercept_[0])
    # Rounded, so that the last bits of one machine's arithmetic do not reach the digest.
    return TextModel(vectorizer, heads, weights.round(4), biases.round(4), calibration, "")


def _matrix(
    vectorizer: Vectorizer, prepared: Sequence[Prepared]
) -> tuple[csr_matrix, list[tuple[int, int]]]:
    """One row a passage: its words, and title and facts of its document."""
    data: list[Floats] = []
    indices: list[npt.NDArray[np.int64]] = []
    pointer = [0]
    rows: list[tuple[int, int]] = []
    for number, p in enumerate(prepared):
        context_index, context_value = vectorizer.context(p.document)
        for at, (index, value) in enumerate(vectorizer.passages(p.passages)[0]):
            indices += [index, context_index]
            data += [value, context_value]
            pointer.append(pointer[-1] + len(index) + len(context_index))
            rows.append((number, at))
    flat = np.concatenate(data) if data else np.zeros(0)
    columns = np.concatenate(indices) if indices else np.zeros(0, dtype=np.int64)
    matrix = csr_matrix((flat, columns, np.asarray(pointer)), shape=(len(rows), vectorizer.size))
    return matrix, rows


def _items(prepared: Sequence[Prepared]) -> list[str]:
    counted: Counter[str] = Counter(i for p in prepared for labels in p.labels for i in labels)
    return sorted(i for i, n in counted.items() if n >= LEAST_PASSAGES)


def _item_weights(
    matrix: csr_matrix,
    prepared: Sequence[Prepared],
    rows: Sequence[tuple[int, int]],
    items: Sequence[str],
    words: int,
) -> npt.NDArray[np.float32]:
    """Which item a restricted passage shows, by words and title (complement naive Bayes).

    Some forty items with some twenty examples each: complement counts rank them better than
    one regression an item on grouped folds. The scores are linear: a column of weights.
    """
    keep, names = [], []
    for row, (number, at) in enumerate(rows):
        for item in sorted(prepared[number].labels[at] & set(items)):
            keep.append(row)
            names.append(item)
    weights = np.zeros((matrix.shape[1], len(items)), dtype=np.float32)
    if len(items) > 1:
        bayes = ComplementNB(alpha=0.3)
        bayes.fit(matrix[keep][:, :words], np.asarray(names))
        weights[:words] = bayes.feature_log_prob_.T.astype(np.float32)
    return weights


def _target(
    head: str, prepared: Sequence[Prepared], rows: Sequence[tuple[int, int]]
) -> tuple[list[int], npt.NDArray[np.int64], Floats]:
    """Which rows a head learns from, what they are, and how much each counts.

    Passages of a restricted draft that carry no span are not public for certain: they count
    little. A draft's rows together weigh as much as the root of their number.
    """
    keep: list[int] = []
    target: list[int] = []
    share: list[float] = []
    for row, (number, at) in enumerate(rows):
        p = prepared[number]
        labels, attribute = p.labels[at], p.example.attribute
        weight = 1.0 / math.sqrt(len(p.passages)) if p.example.kind != "passage" else 1.0
        if head == OTHER:
            positive = attribute is None
        elif attribute is None:
            continue
        elif head == RESTRICTED:
            positive = bool(labels)
            if not positive and attribute is not Attribute.PROACTIVE:
                weight *= 0.3
        elif not labels:
            # How strictly is asked only of passages that are restricted.
            continue
        else:
            positive = attribute is Attribute.WITHHELD
        keep.append(row)
        target.append(int(positive))
        share.append(weight * (2.0 if positive and head != WITHHELD else 1.0))
    return keep, np.asarray(target), np.asarray(share)


# Public texts are also joined to long ones, so that the promise holds for long documents too.
_LONG_TEXTS = 400
_LONG_PASSAGES = (20, 300)


def calibrate(held_out: Sequence[HeldOut]) -> Calibration:
    """Fit probabilities, thresholds and prediction sets on held-out texts."""
    official = [h for h in held_out if h.example.attribute is not None]
    tops = [(h.top, is_restricted(h)) for h in official] + [
        (t, False) for t in _long_tops(official)
    ]
    pool = LogisticRegression(C=100.0, random_state=_SEED)
    pool.fit(np.asarray([[t] for t, _ in tops]), np.asarray([r for _, r in tops]))
    restricted = [h for h in official if is_restricted(h)]
    split = LogisticRegression(C=100.0, random_state=_SEED)
    split.fit(
        np.asarray([[h.withheld] for h in restricted]),
        np.asarray([h.example.attribute is Attribute.WITHHELD for h in restricted]),
    )
    calibration = Calibration(
        slope=round(float(pool.coef_[0][0]), 6),
        intercept=round(float(pool.intercept_[0]), 6),
        withheld_slope=round(float(split.coef_[0][0]), 6),
        withheld_intercept=round(float(split.intercept_[0]), 6),
        other_logit=round(_other_logit(held_out), 6),
        least_known=round(float(np.quantile([h.known for h in official], 0.002)), 6),
        quantiles={},
    )
    return replace(calibration, quantiles=_quantiles(calibration, official))


def is_restricted(h: HeldOut) -> bool:
    """Whether any passage of the text carries an item."""
    return any(h.labels)


def _long_tops(official: Sequence[HeldOut]) -> list[float]:
    """Strongest logits of long public texts made by joining public ones."""
    public = [h.column(RESTRICTED) for h in official if not is_restricted(h)]
    generator = np.random.default_rng(_SEED)
    tops = []
    for _ in range(_LONG_TEXTS):
        wanted = int(np.exp(generator.uniform(*np.log(_LONG_PASSAGES))))
        top, length = -np.inf, 0
        while length < wanted:
            text = public[int(generator.integers(len(public)))]
            top, length = max(top, float(text.max())), length + len(text)
        tops.append(top)
    return tops


def _other_logit(held_out: Sequence[HeldOut]) -> float:
    """Above this median logit at most one official text in two hundred lies."""
    official = [float(np.median(h.column(OTHER))) for h in held_out if h.example.attribute]
    return float(np.quantile(official, 0.995))


def _quantiles(calibration: Calibration, official: Sequence[HeldOut]) -> dict[str, float]:
    """Class-conditional split-conformal thresholds on 1 - p (LAC), per attribute."""
    scores: dict[Attribute, list[float]] = {a: [] for a in Attribute}
    # Drafts are what is classified in use; bare passages lack title and build.
    for h in (h for h in official if h.example.kind == "draft"):
        scores[truth_of(h)].append(1.0 - document_probabilities(calibration, h)[truth_of(h)])
    for top in _long_tops(official):
        scores[Attribute.PROACTIVE].append(
            1.0 - attribute_probabilities(calibration, top, 0.0)[Attribute.PROACTIVE]
        )
    return {
        attribute.value: _conformal(values, ALPHA[attribute])
        for attribute, values in scores.items()
    }


def _conformal(scores: list[float], alpha: float) -> float:
    level = math.ceil((len(scores) + 1) * (1.0 - alpha)) / max(len(scores), 1)
    if not scores or level > 1.0:
        return 1.0
    return round(float(np.quantile(scores, level, method="higher")), 6)


def truth_of(h: HeldOut) -> Attribute:
    """The attribute a text ought to get; without any labelled passage it is public."""
    if not is_restricted(h) or h.example.attribute is None:
        return Attribute.PROACTIVE
    return h.example.attribute


def document_probabilities(calibration: Calibration, h: HeldOut) -> dict[Attribute, float]:
    """Attribute probabilities of a held-out text under ``calibration``."""
    return attribute_probabilities(calibration, h.top, h.withheld)
