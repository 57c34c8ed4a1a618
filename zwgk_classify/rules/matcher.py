"""The negative list at work: scans a document and returns guarded hits with evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zwgk_classify.documents import Document, Part
from zwgk_classify.documents.normalize import normalize
from zwgk_classify.domain import (
    Attribute,
    Effect,
    Evidence,
    Hit,
    LegalBasis,
    PublishHit,
    Source,
    Span,
)
from zwgk_classify.resources import data_root
from zwgk_classify.rules.guards import compile_guard
from zwgk_classify.rules.lexicon import Lexicon, LocatedText, Range, Words
from zwgk_classify.rules.loader import ListData, ListedItem, load_list
from zwgk_classify.rules.schema import Citation, Context, Item, PublishItem, Rule
from zwgk_classify.rules.traits import Traits, holds, traits_of

_ASKS_FOR = {
    Effect.BLOCK_SECRET: Attribute.WITHHELD,
    Effect.REFER: Attribute.WITHHELD,
    Effect.MUST_WITHHOLD: Attribute.WITHHELD,
    Effect.MUST_UNLESS: Attribute.WITHHELD,
    Effect.NEED_APPROVAL: Attribute.WITHHELD,
    Effect.MAY_WITHHOLD: Attribute.WITHHELD,
    Effect.ROUTE_QUERY: Attribute.ON_REQUEST,
    Effect.REDACT: Attribute.PROACTIVE,
    Effect.NOTICE: Attribute.PROACTIVE,
    Effect.DISCLOSE: Attribute.PROACTIVE,
}
_WEAK = "WEAK-ALONE"
_WITHOUT = "RULE-WITHOUT"


@dataclass(frozen=True, slots=True)
class _CompiledRule:
    rule: Rule
    find: Words
    point: bool
    all_of: tuple[tuple[Words, Context], ...]
    none_of: tuple[tuple[Words, Context], ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """One place where a rule holds, with the context that makes it hold."""

    evidence: tuple[Evidence, ...]
    suppressed_by: str | None


@dataclass(frozen=True, slots=True)
class _Seen:
    """A document as one scan sees it."""

    document: Document
    located: list[tuple[Part, LocatedText]]
    traits: Traits
    as_of: dt.date


class NegativeList:
    """A validated, dated list of items; immutable and safe to share between threads."""

    def __init__(self, data: ListData) -> None:
        self._data = data
        self._lexicon = Lexicon(data.concepts)
        self._guards = tuple(compile_guard(g, self._lexicon) for g in data.guards)
        self._rules = {
            listed.item.id: tuple(self._compile(r) for r in listed.item.rules)
            for listed in data.items
        }
        self._publish_rules = {
            item.id: tuple(self._compile(r) for r in item.rules) for item in data.publish
        }
        self._items = {listed.item.id: listed for listed in data.items}
        # Build the automaton now, so that sharing between threads needs no lock.
        self._lexicon.locate("", ())

    @classmethod
    def load(cls, root: Path | None = None) -> NegativeList:
        """The list under ``root``, or the shipped one.

        Raises: NegativeListError naming every problem with file, line and column.
        """
        return cls(load_list(root or data_root("negative_list")))

    @property
    def digest(self) -> str:
        """``sha256:…`` over all list files."""
        return self._data.digest

    @property
    def data(self) -> ListData:
        """The list as data, for checks, cards and pages."""
        return self._data

    def knows(self, item: str) -> bool:
        """Whether ``item`` is an entry of this list."""
        return item in self._items

    def scan(self, document: Document, as_of: dt.date) -> tuple[Hit, ...]:
        """Hits of all items in force on ``as_of``, suppressed ones included, in a fixed order."""
        return self.examine(document, as_of)[0]

    def examine(
        self, document: Document, as_of: dt.date
    ) -> tuple[tuple[Hit, ...], tuple[PublishHit, ...]]:
        """Hits of the list and the must-publish items a document shows, from one pass."""
        located = [
            (part, self._lexicon.locate(part.normal.text, part.normal.breaks))
            for part in document.parts
        ]
        title = normalize(document.facts.title or "").text
        seen = _Seen(document, located, traits_of(document, self._lexicon, title), as_of)
        hits = [
            hit
            for listed in self._data.items
            if _in_force(listed.item, as_of)
            for hit in self._item_hits(listed, seen)
        ]
        return tuple(hits), tuple(self._publish_hits(seen))

    def hit(
        self, item: str, evidence: Iterable[Evidence], source: Source, as_of: dt.date
    ) -> Hit | None:
        """A ground of ``item`` found by somebody else; ``None`` if it is not in force."""
        listed = self._items[item]
        if not _in_force(listed.item, as_of):
            return None
        return self._make(listed, listed.item.effect, evidence, None, as_of, source)

    def _compile(self, rule: Rule) -> _CompiledRule:
        def contexts(given: tuple[Context, ...]) -> tuple[tuple[Words, Context], ...]:
            return tuple((self._lexicon.words(c), c) for c in given)

        return _CompiledRule(
            rule,
            self._lexicon.words(rule.find),
            bool(rule.find.identifiers) and not (rule.find.terms or rule.find.concepts),
            contexts(rule.all_of),
            contexts(rule.none_of),
        )

    def _publish_hits(self, seen: _Seen) -> Iterator[PublishHit]:
        for item in self._data.publish:
            evidence = [
                f.evidence[0]
                for rule in self._publish_rules[item.id]
                if holds(rule.rule.when, seen.traits)
                for f in self._places(rule, item.id, seen, guarded=False)
                if f.suppressed_by is None
            ]
            if evidence:
                basis = self._basis(item.basis, seen.as_of)
                yield PublishHit(item.id, item.name, basis, _distinct(evidence))

    def _item_hits(self, listed: ListedItem, seen: _Seen) -> Iterator[Hit]:
        free: dict[Effect, list[Evidence]] = {}
        limited: dict[tuple[str, Effect], list[Evidence]] = {}
        met: list[_CompiledRule] = []
        for rule in self._rules[listed.item.id]:
            if not holds(rule.rule.when, seen.traits):
                continue
            effect = rule.rule.effect or listed.item.effect
            found = list(self._places(rule, listed.item.id, seen))
            for f in found:
                if f.suppressed_by is not None:
                    limited.setdefault((f.suppressed_by, effect), []).extend(f.evidence)
            open_places = [f for f in found if f.suppressed_by is None]
            if len(open_places) >= rule.rule.at_least:
                met.append(rule)
                free.setdefault(effect, []).extend(e for f in open_places for e in f.evidence)
        if len(met) == 1 and met[0].rule.strength == "weak":
            ((effect, evidence),) = free.items()
            limited.setdefault((_WEAK, effect), []).extend(evidence)
            free = {}
        for effect, evidence in sorted(free.items()):
            yield self._make(listed, effect, evidence, None, seen.as_of)
        for (reason, effect), evidence in sorted(limited.items()):
            yield self._make(listed, effect, evidence, reason, seen.as_of)

    def _places(
        self,
        rule: _CompiledRule,
        item: str,
        seen: _Seen,
        *,
        guarded: bool = True,
    ) -> Iterator[_Found]:
        everywhere = [text for _, text in seen.located]
        for part, text in seen.located:
            for place in text.find(rule.find):
                if rule.rule.where and not _in_zone(seen.document, part, place, rule.rule.where):
                    continue
                company = _company(rule, place, text, everywhere)
                if company is None:
                    continue
                reason = _excluded(rule, place, text, everywhere)
                if reason is None and guarded:
                    reason = self._guarded(rule, item, place, text, seen.traits)
                spots = [place if rule.point else text.clause(place)]
                spots += [text.clause(p) for p in company]
                yield _Found(tuple(_evidence(part, s) for s in spots), reason)

    def _guarded(
        self, rule: _CompiledRule, item: str, place: Range, text: LocatedText, traits: Traits
    ) -> str | None:
        for guard in self._guards:
            if guard.guard.id not in rule.rule.ignore_guards and guard.applies(
                item, place, text, traits
            ):
                return guard.guard.id
        return None

    def _make(
        self,
        listed: ListedItem,
        effect: Effect,
        evidence: Iterable[Evidence],
        suppressed_by: str | None,
        as_of: dt.date,
        source: Source = Source.RULE,
    ) -> Hit:
        item = listed.item
        basis = self._basis(item.basis, as_of)
        if not basis:
            # No article was in force on that day: the ground cannot carry a decision.
            effect = Effect.NOTICE
        attribute = _ASKS_FOR[effect]
        if effect is item.effect and item.attribute is not None:
            attribute = item.attribute
        return Hit(
            item=item.id,
            name=item.name,
            effect=effect,
            attribute=attribute,
            basis=basis,
            evidence=_distinct(evidence),
            source=source,
            report_code=listed.report_code,
            severable=item.severable,
            suppressed_by=suppressed_by,
        )

    def _basis(self, citations: tuple[Citation, ...], as_of: dt.date) -> tuple[LegalBasis, ...]:
        found = []
        for citation in citations:
            statute = self._data.statutes[citation.statute]
            expired = statute.effective_to is not None and as_of > statute.effective_to
            if as_of >= statute.effective_from and not expired:
                found.append(LegalBasis(statute.law, statute.version, citation.article))
        return tuple(found)


def _in_force(item: Item | PublishItem, as_of: dt.date) -> bool:
    if isinstance(item, PublishItem):
        return True
    started = item.effective_from is None or as_of >= item.effective_from
    return started and (item.effective_to is None or as_of <= item.effective_to)


def _company(
    rule: _CompiledRule, place: Range, text: LocatedText, everywhere: list[LocatedText]
) -> list[Range] | None:
    """Contexts in the same text that the rule asks for; ``None`` when one is missing."""
    spots: list[Range] = []
    for words, context in rule.all_of:
        near = _near(words, context, place, text, everywhere)
        if near is None:
            return None
        if context.within != "document":
            spots += near
    return spots


def _near(
    words: Words, context: Context, place: Range, text: LocatedText, everywhere: list[LocatedText]
) -> list[Range] | None:
    window = text.window(place, context.within)
    near = [p for p in text.within(words, window) if p != place]
    kinds = {text.text[s:e] for s, e in near}
    if context.within == "document":
        for other in everywhere:
            if other is not text:
                kinds |= {other.text[s:e] for s, e in other.find(words)}
    if len(kinds) < context.at_least:
        return None
    return near[:4]


def _excluded(
    rule: _CompiledRule, place: Range, text: LocatedText, everywhere: list[LocatedText]
) -> str | None:
    for words, context in rule.none_of:
        if _near(words, context, place, text, everywhere) is not None:
            return _WITHOUT
    return None


def _in_zone(document: Document, part: Part, place: Range, zones: tuple[str, ...]) -> bool:
    start, end = part.normal.to_original(*place)
    span = Span(part.name, start, end)
    return any(z.name in zones and z.span.overlaps(span) for z in document.zones)


def _evidence(part: Part, place: Range) -> Evidence:
    start, end = part.normal.to_original(*place)
    return Evidence(Span(part.name, start, end), part.text[start:end])


def _distinct(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Evidence in order of place; what lies wholly inside another piece is left out."""
    kept: list[Evidence] = []
    for e in sorted(set(evidence), key=lambda e: (e.span.part, e.span.start, -e.span.end)):
        if kept and kept[-1].span.part == e.span.part and e.span.end <= kept[-1].span.end:
            continue
        kept.append(e)
    return tuple(kept)
