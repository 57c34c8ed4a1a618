"""All occurrences of many strings in one pass over the text, overlaps kept.

Two engines give identical results (a test holds them together): a compiled Aho-Corasick
automaton where its wheel is installed, and a pure-Python bucket matcher everywhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Occurrence(NamedTuple):
    """Term number ``term`` found at characters ``start`` to ``end`` (half-open)."""

    start: int
    end: int
    term: int


class Automaton(Protocol):
    """Finds every occurrence of its terms, overlapping ones included."""

    @property
    def terms(self) -> Sequence[str]:
        """The terms, by number."""

    def find(self, text: str) -> list[Occurrence]:
        """All occurrences, sorted by start, end and term."""


def build_automaton(terms: Sequence[str]) -> Automaton:
    """An automaton over distinct, non-empty ``terms``; cost linear in their total length.

    Raises: ValueError on an empty or repeated term.
    """
    if any(not term for term in terms) or len(set(terms)) != len(terms):
        raise ValueError("terms must be distinct and not empty")
    try:
        return CompiledAutomaton(terms)
    except ImportError:
        return BucketAutomaton(terms)


class CompiledAutomaton:
    """The compiled engine (extra ``[fast]``); releases the interpreter lock while it scans."""

    def __init__(self, terms: Sequence[str]) -> None:
        import ahocorasick_rs

        self._terms = tuple(terms)
        self._engine = (
            ahocorasick_rs.AhoCorasick(
                list(terms),
                matchkind=ahocorasick_rs.MatchKind.Standard,
                store_patterns=False,
            )
            if terms
            else None
        )

    @property
    def terms(self) -> Sequence[str]:
        """The terms, by number."""
        return self._terms

    def find(self, text: str) -> list[Occurrence]:
        """All occurrences, sorted by start, end and term."""
        if self._engine is None:
            return []
        matches = self._engine.find_matches_as_indexes(text, overlapping=True)
        return sorted(Occurrence(start, end, term) for term, start, end in matches)


class BucketAutomaton:
    """Terms in buckets by their first two characters, longest checked with ``startswith``."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._terms = tuple(terms)
        self._single: dict[str, int] = {}
        self._buckets: dict[str, list[tuple[str, int]]] = {}
        for number, term in enumerate(terms):
            if len(term) == 1:
                self._single[term] = number
            else:
                self._buckets.setdefault(term[:2], []).append((term, number))

    @property
    def terms(self) -> Sequence[str]:
        """The terms, by number."""
        return self._terms

    def find(self, text: str) -> list[Occurrence]:
        """All occurrences, sorted by start, end and term."""
        found: list[Occurrence] = []
        buckets, single = self._buckets, self._single
        for start in range(len(text)):
            bucket = buckets.get(text[start : start + 2])
            if bucket:
                for term, number in bucket:
                    if text.startswith(term, start):
                        found.append(Occurrence(start, start + len(term), number))
            if single and text[start] in single:
                found.append(Occurrence(start, start + 1, single[text[start]]))
        found.sort()
        return found
