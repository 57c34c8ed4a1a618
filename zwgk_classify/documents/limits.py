"""Limits that hold before anything is parsed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds on a file; sizes in bytes, text in characters."""

    file_bytes: int = 64 * 1024 * 1024
    text_characters: int = 10_000_000
    archive_entries: int = 5_000
    entry_bytes: int = 48 * 1024 * 1024
    archive_bytes: int = 160 * 1024 * 1024
    compression_ratio: int = 400
