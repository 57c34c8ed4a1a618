"""From a document to numbers: passages, the words found in them, and facts of the document.

Training and use share this code, so they cannot differ. Words are entries of a lexicon found
by the same automaton that serves the rules; no segmenter runs when a draft is classified.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zwgk_classify.documents import Document, Part
from zwgk_classify.documents.normalize import normalize
from zwgk_classify.scan import Automaton, build_automaton

FEATURES_VERSION = "3"
_LONGEST = 160
_ENDS = re.compile(r"[。！？；!?]")
_DIGIT = str.maketrans("123456789", "000000000")
_TITLE_SHARE = 0.6
_FACT_WEIGHT = 0.35

Vector = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one part that is judged as a whole; offsets count normalised characters."""

    part: str
    start: int
    end: int
    text: str


def fold(text: str) -> str:
    """Text with every digit as 0: numbers count by their form, not by their value."""
    return text.translate(_DIGIT)


def passages_of(document: Document) -> list[Passage]:
    """The passages of all parts, in reading order."""
    return [p for part in document.parts for p in part_passages(part)]


def part_passages(part: Part) -> list[Passage]:
    """Sentences of a part, long ones cut at a comma.

    Short ones are not joined with their neighbours: what a passage is must not depend on the
    text around it, or more text could open a draft.
    """
    text = part.normal.text
    cuts = sorted({0, len(text), *part.normal.breaks, *(m.end() for m in _ENDS.finditer(text))})
    passages: list[Passage] = []
    start = 0
    for end in cuts[1:]:
        passages += _pieces(part.name, text, start, end)
        start = end
    return passages


def _pieces(part: str, text: str, start: int, end: int) -> list[Passage]:
    pieces: list[Passage] = []
    while end - start > _LONGEST:
        comma = text.rfind("，", start + _LONGEST // 2, start + _LONGEST)
        cut = comma + 1 if comma > 0 else start + _LONGEST
        pieces.append(Passage(part, start, cut, text[start:cut]))
        start = cut
    if end > start:
        pieces.append(Passage(part, start, end, text[start:end]))
    return pieces


def facts_of(document: Document) -> list[str]:
    """Facts of the document that count as features; names of organs are not among them."""
    elements = document.elements
    return [
        f"genre={document.facts.genre or '无'}",
        f"direction={elements.direction or '无'}",
        f"normative={elements.normative}",
        f"party={elements.party_number}",
    ]


class Vectorizer:
    """Turns passages into sparse vectors over lexicon words, title words and facts."""

    def __init__(
        self, lexicon: Sequence[str], facts: Sequence[str], idf: npt.NDArray[np.float64]
    ) -> None:
        self.lexicon = tuple(lexicon)
        self.facts = tuple(facts)
        self.idf = idf
        self._automaton: Automaton = build_automaton(self.lexicon)
        self._fact_index = {name: i for i, name in enumerate(self.facts)}

    @property
    def size(self) -> int:
        """Number of features: passage words, title words, facts."""
        return 2 * len(self.lexicon) + len(self.facts)

    def feature_name(self, index: int) -> str:
        """What feature ``index`` stands for."""
        words = len(self.lexicon)
        if index < words:
            return self.lexicon[index]
        if index < 2 * words:
            return f"标题:{self.lexicon[index - words]}"
        return self.facts[index - 2 * words]

    def context(self, document: Document) -> Vector:
        """The features that all passages of a document share: title and facts."""
        words = len(self.lexicon)
        title = fold(normalize(document.facts.title or "").text)
        index, value = self._words({o.term for o in self._automaton.find(title)})
        known = [self._fact_index[f] for f in facts_of(document) if f in self._fact_index]
        fact_index = np.asarray(known, dtype=np.int64) + 2 * words
        return (
            np.concatenate([index + words, fact_index]),
            np.concatenate([value * _TITLE_SHARE, np.full(len(known), _FACT_WEIGHT)]),
        )

    def passages(self, passages: Sequence[Passage]) -> tuple[list[Vector], list[float]]:
        """Word features of each passage, and the share of its characters the lexicon knows."""
        if not passages:
            return [], []
        joined = "\n".join(p.text for p in passages)
        starts, total = [], 0
        for passage in passages:
            starts.append(total)
            total += len(passage.text) + 1
        terms: list[set[int]] = [set() for _ in passages]
        reached = [0] * len(passages)
        known = [0] * len(passages)
        for start, end, term in self._automaton.find(fold(joined)):
            at = bisect_right(starts, start) - 1
            terms[at].add(term)
            fresh = max(start, reached[at])
            if end > fresh:
                known[at] += end - fresh
                reached[at] = end
        vectors = [self._words(t) for t in terms]
        shares = [k / max(len(p.text), 1) for k, p in zip(known, passages, strict=True)]
        return vectors, shares

    def places(self, passage: Passage) -> list[tuple[int, int, int]]:
        """Lexicon words of a passage as (term, start, end) in normalised characters of its part."""
        return [
            (o.term, passage.start + o.start, passage.start + o.end)
            for o in self._automaton.find(fold(passage.text))
        ]

    def _words(self, terms: set[int]) -> Vector:
        index = np.fromiter(sorted(terms), dtype=np.int64, count=len(terms))
        value = self.idf[index] if len(index) else np.zeros(0)
        norm = math.sqrt(float(value @ value)) or 1.0
        return index, value / norm
