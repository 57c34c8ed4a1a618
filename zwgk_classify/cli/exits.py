"""Exit codes, the same for every command."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the process says when it ends (design: 0 done … 130 interrupted)."""

    DONE = 0
    NEEDS_PERSON = 1
    USAGE = 2
    UNREADABLE = 3
    INVALID = 4
    INTERRUPTED = 130
