"""Guards: reasons why a hit does not count in its context."""

from __future__ import annotations

from dataclasses import dataclass

from zwgk_classify.errors import NegativeListError
from zwgk_classify.rules.lexicon import Lexicon, LocatedText, Range, Words, covered
from zwgk_classify.rules.schema import Guard, Vocabulary
from zwgk_classify.rules.traits import Traits, holds


@dataclass(frozen=True, slots=True)
class CompiledGuard:
    """A guard whose vocabularies are atoms; it limits only the hit it is asked about."""

    guard: Guard
    covers: Words | None
    sentence: Words | None
    before: Words | None
    after: Words | None
    title: Words | None
    unless: Words | None

    def applies(self, item: str, place: Range, text: LocatedText, traits: Traits) -> bool:
        """Whether the hit of ``item`` at ``place`` does not count."""
        guard = self.guard
        if item in guard.except_items or item.partition(".")[0] in guard.except_items:
            return False
        if not holds(guard.when, traits):
            return False
        if self.title is not None and not traits.title_has(self.title):
            return False
        if self.covers is not None and not covered(place, text.find(self.covers)):
            return False
        low, high = sentence = text.window(place, "sentence")
        if self.sentence is not None and not text.within(self.sentence, sentence):
            return False
        start, end = place
        reach = guard.reach
        ahead, behind = (max(low, start - reach), start), (end, min(high, end + reach))
        if self.before is not None and not text.within(self.before, ahead):
            return False
        if self.after is not None and not text.within(self.after, behind):
            return False
        return self.unless is None or not text.within(self.unless, sentence)


def compile_guard(guard: Guard, lexicon: Lexicon) -> CompiledGuard:
    """Compile the vocabularies of ``guard``.

    Raises: NegativeListError when the guard names no context at all, which would suppress everything.
    """
    contexts = (guard.covers, guard.sentence, guard.before, guard.after, guard.title)
    if not any(contexts):
        raise NegativeListError(f"抑制条件 {guard.id} 没有写明语境", code="E-LIST-EMPTY-GUARD")

    def words(vocabulary: Vocabulary | None) -> Words | None:
        return lexicon.words(vocabulary) if vocabulary is not None else None

    return CompiledGuard(
        guard,
        words(guard.covers),
        words(guard.sentence),
        words(guard.before),
        words(guard.after),
        words(guard.title),
        words(guard.unless),
    )
