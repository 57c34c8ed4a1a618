"""Places in the original text, and what of a file was not read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters in the original text of one part.

    ``start`` and ``end`` count Unicode code points from 0 in ``Part.text``.
    """

    part: str
    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether both lie in one part and share at least one character."""
        return self.part == other.part and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """Where a finding holds, with the words found there (证据).

    ``quote`` is ``None`` where the text may not be repeated (a marked secret).
    """

    span: Span
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of the file that no reader returned, and why."""

    part: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of a file was read and what was not (读取覆盖); an unread part caps the result at REVIEW."""

    read: tuple[str, ...]
    unread: tuple[Unread, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that was found in the file was also read."""
        return not self.unread
