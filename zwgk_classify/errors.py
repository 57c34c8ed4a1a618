"""The exception tree: one family per side of the house, each with a stable code.

ZwgkError
├── DocumentError            a file could not be taken in
│   ├── UnreadableDocument   bytes that no reader can turn into text
│   ├── DocumentTooLarge     a limit was reached before parsing
│   └── SecretMarkDetected   a state-secret mark stops everything
├── NegativeListError        the list cannot be used
├── ModelError               the model cannot be used
└── AuditError               the log cannot be written or does not verify
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault lies: a file with line and column (from 1), or a part with an offset (from 0)."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    part: str | None = None
    offset: int | None = None

    def __str__(self) -> str:
        if self.file is not None:
            numbers = [str(n) for n in (self.line, self.column) if n is not None]
            return ":".join([self.file, *numbers])
        if self.part is not None:
            return self.part if self.offset is None else f"{self.part}@{self.offset}"
        return ""


class ZwgkError(Exception):
    """Root of all errors of this library: what happened, where, and what to do (in Chinese).

    ``code`` is stable across releases; no message ever carries document text.
    """

    code = "E-ZWGK"

    def __init__(
        self, message: str, *, code: str | None = None, place: Place | None = None, remedy: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.place = place
        self.remedy = remedy

    def diagnostics(self) -> str:
        """The error for people: place, message, remedy and code on one to two lines."""
        where = f"{self.place}：" if self.place and str(self.place) else ""
        hint = f"\n  处理办法：{self.remedy}" if self.remedy else ""
        return f"{where}{self.message} [{self.code}]{hint}"

    def __str__(self) -> str:
        return self.diagnostics()


class DocumentError(ZwgkError):
    """A file could not be taken in."""

    code = "E-DOC"


class UnreadableDocument(DocumentError):
    """The bytes are of no known kind, damaged or encrypted."""

    code = "E-DOC-UNREADABLE"


class DocumentTooLarge(DocumentError):
    """A size or entry limit was reached; nothing was parsed."""

    code = "E-DOC-TOO-LARGE"


class SecretMarkDetected(DocumentError):
    """A state-secret mark was found: processing stops, text is neither kept nor logged.

    Source: 保守国家秘密法 (2024) art. 31.
    """

    code = "E-SECRET-MARK"


class NegativeListError(ZwgkError):
    """The negative list is invalid or missing; ``problems`` holds all of them."""

    code = "E-LIST"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        place: Place | None = None,
        remedy: str = "",
        problems: tuple[ZwgkError, ...] = (),
    ) -> None:
        super().__init__(message, code=code, place=place, remedy=remedy)
        self.problems = problems

    def diagnostics(self) -> str:
        """All problems, one a line, after the head line."""
        head = super().diagnostics()
        return "\n".join([head, *(f"  {p.diagnostics()}" for p in self.problems)])


class ModelError(ZwgkError):
    """The model is missing, damaged or of another version."""

    code = "E-MODEL"


class AuditError(ZwgkError):
    """The audit log cannot be opened, written or verified."""

    code = "E-AUDIT"
