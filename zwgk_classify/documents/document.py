"""A document as immutable text in parts, with its elements and facts."""

from __future__ import annotations

from dataclasses import dataclass

from zwgk_classify.documents.elements import Elements
from zwgk_classify.documents.normalize import NormalText
from zwgk_classify.domain import DocumentFacts, Span
from zwgk_classify.errors import Place, SecretMarkDetected


@dataclass(frozen=True, slots=True)
class Part:
    """One story of a file (正文、页眉、脚注……): original text and its normalised form."""

    name: str
    text: str
    normal: NormalText


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of a part with a function in the document; offsets are of the original."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Document:
    """Parsed text in parts, with zones, elements and facts; nothing of it is ever changed.

    A document with a state-secret mark holds no text: its parts are empty.
    """

    parts: tuple[Part, ...]
    zones: tuple[Zone, ...]
    elements: Elements
    facts: DocumentFacts

    def part(self, name: str) -> Part:
        """The part called ``name``; raises KeyError when there is none."""
        for part in self.parts:
            if part.name == name:
                return part
        raise KeyError(name)

    def require_unmarked(self) -> None:
        """Raises SecretMarkDetected when the document bears a state-secret mark."""
        mark = self.facts.mark
        if mark is not None:
            raise SecretMarkDetected(
                "发现国家秘密标志，已停止处理",
                place=Place(part=mark.span.part, offset=mark.span.start),
                remedy="转本单位保密机构线下办理",
            )
