"""Every word, pattern and identifier of the list, located in one text by one scan."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from zwgk_classify.errors import NegativeListError
from zwgk_classify.rules.identifiers import find_identifiers
from zwgk_classify.rules.schema import Vocabulary
from zwgk_classify.scan import build_automaton
from zwgk_classify.scan.literals import required_literals

Range = tuple[int, int]
_SENTENCE_ENDS = re.compile(r"[。！？；!?]")
# A window over more paragraphs than this is worth locating a vocabulary everywhere.
_MANY_PARAGRAPHS = 8
_CLAUSE_ENDS = "，。！？；：、!?\t"


@dataclass(frozen=True, slots=True)
class Words:
    """A compiled vocabulary: numbers of its atoms, and of the longer words it must not be part of."""

    atoms: tuple[int, ...]
    decoys: tuple[int, ...] = ()


class LocatedText:
    """A normalised text with the places of all atoms, its sentences and its paragraphs.

    All positions count characters of the normalised text. Terms are located at once; a
    pattern runs only when somebody asks, and only in paragraphs that hold a required literal.
    """

    def __init__(
        self,
        text: str,
        paragraph_starts: list[int],
        terms: Mapping[int, list[Range]],
        candidates: Mapping[int, Sequence[int]],
        patterns: Mapping[int, Any],
    ) -> None:
        self.text = text
        self._paragraphs = paragraph_starts
        self._sentences = sorted(
            {0, *paragraph_starts, *(m.end() for m in _SENTENCE_ENDS.finditer(text))}
        )
        self._terms = terms
        self._candidates = candidates
        self._patterns = patterns
        self._found: dict[tuple[int, int], list[Range]] = {}
        self._words: dict[Words, list[Range]] = {}

    def find(self, words: Words) -> list[Range]:
        """Places of any atom of ``words``, sorted and distinct, decoys left out."""
        found = self._words.get(words)
        if found is None:
            found = self._words[words] = self._gather(words, None)
        return found

    def window(self, place: Range, within: str | int) -> Range:
        """The sentence, paragraph or neighbourhood of ``place``; never beyond the paragraph."""
        start, end = place
        if within == "document":
            return 0, len(self.text)
        low, high = self._around(self._paragraphs, start, end)
        if within == "paragraph":
            return low, high
        if within == "sentence":
            s_low, s_high = self._around(self._sentences, start, end)
            return max(low, s_low), min(high, s_high)
        reach = int(within)
        return max(low, start - reach), min(high, end + reach)

    def clause(self, place: Range) -> Range:
        """``place`` widened to the clause around it, at most 60 characters to each side."""
        start, end = place
        low, high = self.window(place, 60)
        while start > low and self.text[start - 1] not in _CLAUSE_ENDS:
            start -= 1
        while end < high and self.text[end] not in _CLAUSE_ENDS:
            end += 1
        return start, end

    def within(self, words: Words, window: Range) -> list[Range]:
        """Places of ``words`` that lie wholly inside ``window``."""
        found = self._words.get(words)
        if found is None:
            first = max(bisect_right(self._paragraphs, window[0]) - 1, 0)
            last = max(bisect_left(self._paragraphs, window[1]) - 1, first)
            if last - first > _MANY_PARAGRAPHS:
                found = self.find(words)
            else:
                found = self._gather(words, range(first, last + 1))
        low = bisect_left(found, (window[0], -1))
        high = bisect_right(found, (window[1], len(self.text) + 1))
        return [p for p in found[low:high] if p[1] <= window[1]]

    def _gather(self, words: Words, paragraphs: range | None) -> list[Range]:
        found = {p for atom in words.atoms for p in self._places(atom, paragraphs)}
        decoys = sorted(p for atom in words.decoys for p in self._places(atom, None))
        return sorted(p for p in found if not covered(p, decoys))

    def _places(self, atom: int, paragraphs: range | None) -> Iterable[Range]:
        if atom not in self._patterns:
            return self._terms.get(atom, ())
        candidates = self._candidates.get(atom, ())
        if paragraphs is not None:
            low = bisect_left(candidates, paragraphs.start)
            candidates = candidates[low : bisect_left(candidates, paragraphs.stop)]
        return [p for index in candidates for p in self._run(atom, index)]

    def _run(self, atom: int, paragraph: int) -> list[Range]:
        found = self._found.get((atom, paragraph))
        if found is None:
            low = self._paragraphs[paragraph]
            following = paragraph + 1 < len(self._paragraphs)
            high = self._paragraphs[paragraph + 1] if following else len(self.text)
            matches = self._patterns[atom].finditer(self.text[low:high])
            found = [(low + m.start(), low + m.end()) for m in matches if m.end() > m.start()]
            self._found[atom, paragraph] = found
        return found

    def _around(self, starts: list[int], start: int, end: int) -> Range:
        low = starts[max(bisect_right(starts, start) - 1, 0)]
        after = bisect_left(starts, max(end, start + 1))
        high = starts[after] if after < len(starts) else len(self.text)
        return low, high


def covered(place: Range, intervals: list[Range]) -> bool:
    """Whether one of ``intervals`` (sorted) contains ``place``."""
    last = bisect_right(intervals, (place[0], _BEYOND))
    for index in range(last - 1, -1, -1):
        start, end = intervals[index]
        if end >= place[1]:
            return True
        if place[0] - start > _LONGEST_PHRASE:
            return False
    return False


_BEYOND = 1 << 60
# Phrases that contain a hit (titles, clauses, longer words) are no longer than this.
_LONGEST_PHRASE = 300


class Lexicon:
    """Compiles vocabularies to atoms and locates all atoms in a text with one scan."""

    def __init__(self, concepts: Mapping[str, Vocabulary]) -> None:
        self._concepts = concepts
        self._atoms: dict[tuple[str, str], int] = {}
        self._searcher: _Searcher | None = None

    def words(self, vocabulary: Vocabulary) -> Words:
        """Compile ``vocabulary``, concepts resolved one level deep.

        Raises: NegativeListError on an unknown concept or a pattern RE2 refuses.
        """
        members = [vocabulary]
        for name in vocabulary.concepts:
            concept = self._concepts.get(name)
            if concept is None:
                raise NegativeListError(f"没有名为“{name}”的概念", code="E-LIST-CONCEPT")
            if concept.concepts:
                raise NegativeListError(f"概念“{name}”不能再引用概念", code="E-LIST-CONCEPT")
            members.append(concept)
        atoms: dict[int, None] = {}
        decoys: dict[int, None] = {}
        for member in members:
            atoms.update((self._atom("term", t), None) for t in member.terms)
            atoms.update((self._atom("pattern", p), None) for p in member.patterns)
            atoms.update((self._atom("identifier", i), None) for i in member.identifiers)
            decoys.update((self._atom("term", t), None) for t in member.not_in)
        return Words(tuple(atoms), tuple(decoys))

    def locate(self, text: str, paragraph_starts: Iterable[int]) -> LocatedText:
        """Find all terms in normalised ``text`` and where each pattern could match."""
        if self._searcher is None:
            self._searcher = _Searcher(self._atoms)
        return self._searcher(text, sorted({0, *(p for p in paragraph_starts if p < len(text))}))

    def _atom(self, kind: str, value: str) -> int:
        key = (kind, value)
        if key not in self._atoms:
            if kind == "pattern":
                _compile(value)
            self._atoms[key] = len(self._atoms)
        return self._atoms[key]


def _compile(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        raise NegativeListError(
            f"正则不被 RE2 接受：{pattern[:40]}",
            code="E-LIST-PATTERN",
            remedy="去掉环视和反向引用，重复次数不超过 1000",
        ) from error


class _Searcher:
    """One automaton over terms and required literals; a pattern runs only where it can match."""

    def __init__(self, atoms: Mapping[tuple[str, str], int]) -> None:
        self._terms: dict[str, list[int]] = {}
        self._literals: dict[str, list[int]] = {}
        self._patterns: dict[int, Any] = {}
        self._everywhere: list[int] = []
        self._identifiers: list[tuple[int, str]] = []
        for (kind, value), atom in atoms.items():
            if kind == "term":
                self._terms.setdefault(value, []).append(atom)
            elif kind == "identifier":
                self._identifiers.append((atom, value))
            else:
                self._patterns[atom] = _compile(value)
                literals = required_literals(value)
                if not literals:
                    self._everywhere.append(atom)
                for literal in literals:
                    self._literals.setdefault(literal, []).append(atom)
        strings = sorted({*self._terms, *self._literals})
        self._strings = strings
        self._automaton = build_automaton(strings)

    def __call__(self, text: str, paragraphs: list[int]) -> LocatedText:
        terms: dict[int, list[Range]] = {}
        candidates: dict[int, dict[int, None]] = {
            atom: dict.fromkeys(range(len(paragraphs))) for atom in self._everywhere
        }
        for start, end, term in self._automaton.find(text):
            string = self._strings[term]
            for atom in self._terms.get(string, ()):
                terms.setdefault(atom, []).append((start, end))
            if string in self._literals:
                index = bisect_right(paragraphs, start) - 1
                for atom in self._literals[string]:
                    candidates.setdefault(atom, {})[index] = None
        for atom, kind in self._identifiers:
            terms[atom] = list(find_identifiers(kind, text))
        ordered = {atom: sorted(indexes) for atom, indexes in candidates.items()}
        return LocatedText(text, paragraphs, terms, ordered, self._patterns)
