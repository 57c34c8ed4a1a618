"""Every word, pattern and identifier of the list, located in one text by one scan."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import re2

from zwgk_classify.errors import NegativeListError
from zwgk_classify.rules.identifiers import find_identifiers
from zwgk_classify.rules.schema import Vocabulary
from zwgk_classify.scan import build_automaton
from zwgk_classify.scan.literals import required_literals

Range = tuple[int, int]
_SENTENCE_ENDS = "。！？；!?"
_CLAUSE_ENDS = "，。！？；：、!?\t"


@dataclass(frozen=True, slots=True)
class Words:
    """A compiled vocabulary: numbers of its atoms, and of the longer words it must not be part of."""

    atoms: tuple[int, ...]
    decoys: tuple[int, ...] = ()


@dataclass(slots=True)
class LocatedText:
    """A normalised text with the places of all atoms, its sentences and its paragraphs.

    All positions count characters of the normalised text.
    """

    text: str
    paragraph_starts: list[int]
    sentence_starts: list[int]
    places: Mapping[int, list[Range]]
    _cache: dict[int, list[Range]] = field(default_factory=dict)

    def find(self, words: Words) -> list[Range]:
        """Places of any atom of ``words``, sorted and distinct, decoys left out."""
        key = id(words)
        found = self._cache.get(key)
        if found is None:
            found = sorted({p for atom in words.atoms for p in self.places.get(atom, ())})
            decoys = sorted(p for atom in words.decoys for p in self.places.get(atom, ()))
            if decoys:
                found = [p for p in found if not covered(p, decoys)]
            self._cache[key] = found
        return found

    def window(self, place: Range, within: str | int) -> Range:
        """The sentence, paragraph or neighbourhood of ``place``; never beyond the paragraph."""
        start, end = place
        if within == "document":
            return 0, len(self.text)
        low, high = self._around(self.paragraph_starts, start, end)
        if within == "paragraph":
            return low, high
        if within == "sentence":
            s_low, s_high = self._around(self.sentence_starts, start, end)
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
        found = self.find(words)
        low = bisect_left(found, (window[0], -1))
        high = bisect_right(found, (window[1], len(self.text) + 1))
        return [p for p in found[low:high] if p[1] <= window[1]]

    def _around(self, starts: list[int], start: int, end: int) -> Range:
        low = starts[max(bisect_right(starts, start) - 1, 0)]
        after = bisect_left(starts, max(end, start + 1))
        high = starts[after] if after < len(starts) else len(self.text)
        return low, high


def covered(place: Range, intervals: list[Range]) -> bool:
    """Whether one of ``intervals`` (sorted) contains ``place``."""
    last = bisect_right(intervals, (place[0], len_guard))
    # Intervals are phrases of bounded length, so only the nearest ones can reach ``place``.
    return any(s <= place[0] and place[1] <= e for s, e in intervals[max(0, last - 8) : last])


len_guard = 1 << 60


class Lexicon:
    """Compiles vocabularies to atoms and locates all atoms in a text with one scan."""

    def __init__(self, concepts: Mapping[str, Vocabulary]) -> None:
        self._concepts = concepts
        self._atoms: dict[tuple[str, str], int] = {}
        self._compiled: dict[str, Words] = {}
        self._locate: Callable[[str], dict[int, list[Range]]] | None = None

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
        """Find all atoms in normalised ``text``; cost linear in its length."""
        paragraphs = sorted({0, *paragraph_starts})
        places = self._searcher()(text, paragraphs)  # type: ignore[call-arg]
        sentences = sorted(
            {0, *paragraphs, *(i + 1 for i, c in enumerate(text) if c in _SENTENCE_ENDS)}
        )
        return LocatedText(text, paragraphs, sentences, places)

    def _atom(self, kind: str, value: str) -> int:
        key = (kind, value)
        if key not in self._atoms:
            if kind == "pattern":
                _compile(value)
            self._atoms[key] = len(self._atoms)
        return self._atoms[key]

    def _searcher(self) -> Callable[..., dict[int, list[Range]]]:
        if self._locate is None:
            self._locate = _Searcher(self._atoms)
        return self._locate


def _compile(pattern: str) -> object:
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
        self._patterns: dict[int, object] = {}
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

    def __call__(self, text: str, paragraphs: list[int]) -> dict[int, list[Range]]:
        places: dict[int, list[Range]] = {}
        candidates: dict[int, dict[int, None]] = {a: dict.fromkeys(range(len(paragraphs))) for a in self._everywhere}
        for start, end, term in self._automaton.find(text):
            string = self._strings[term]
            for atom in self._terms.get(string, ()):
                places.setdefault(atom, []).append((start, end))
            for atom in self._literals.get(string, ()):
                index = bisect_right(paragraphs, start) - 1
                candidates.setdefault(atom, {})[index] = None
        for atom, indexes in candidates.items():
            found = self._run(atom, indexes, text, paragraphs)
            if found:
                places[atom] = found
        for atom, kind in self._identifiers:
            found = list(find_identifiers(kind, text))
            if found:
                places[atom] = found
        return places

    def _run(
        self, atom: int, indexes: Iterable[int], text: str, paragraphs: list[int]
    ) -> list[Range]:
        pattern = self._patterns[atom]
        found: list[Range] = []
        for index in indexes:
            low = paragraphs[index]
            high = paragraphs[index + 1] if index + 1 < len(paragraphs) else len(text)
            for match in pattern.finditer(text[low:high]):  # type: ignore[attr-defined]
                if match.end() > match.start():
                    found.append((low + match.start(), low + match.end()))
        return found
