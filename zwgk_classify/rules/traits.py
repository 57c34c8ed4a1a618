"""What rules and guards may ask of a document besides its words."""

from __future__ import annotations

from dataclasses import dataclass

from zwgk_classify.documents import Document
from zwgk_classify.rules.lexicon import Lexicon, LocatedText, Words
from zwgk_classify.rules.schema import When


@dataclass(frozen=True, slots=True)
class Traits:
    """Genre, direction and build of a document, and its title as located text."""

    genre: str | None
    direction: str | None
    normative: bool
    party: bool
    title: LocatedText

    def title_has(self, words: Words) -> bool:
        """Whether any of ``words`` stands in the title."""
        return bool(self.title.find(words))


def traits_of(document: Document, lexicon: Lexicon, normal_title: str) -> Traits:
    """The traits of ``document``."""
    elements = document.elements
    return Traits(
        genre=document.facts.genre,
        direction=elements.direction,
        normative=elements.normative,
        party=elements.party_number,
        title=lexicon.locate(normal_title, ()),
    )


def holds(when: When, traits: Traits) -> bool:
    """Whether every fact that ``when`` asks for is given."""
    if when.genre and traits.genre not in when.genre:
        return False
    if when.genre_not and traits.genre in when.genre_not:
        return False
    if when.direction and traits.direction not in when.direction:
        return False
    if when.direction_not and traits.direction in when.direction_not:
        return False
    if when.normative is not None and when.normative != traits.normative:
        return False
    return when.party is None or when.party == traits.party
