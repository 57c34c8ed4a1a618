"""What the command line is given: files, folders and JSONL lines, one draft after another."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zwgk_classify.domain import Fault


@dataclass(frozen=True, slots=True)
class Given:
    """One draft with its id; ``content`` is ``None`` where the input itself was broken."""

    id: str
    content: str | Path | None
    as_of: dt.date | None = None
    declared: str | None = None
    fault: Fault | None = None


def given_drafts(paths: tuple[Path, ...]) -> Iterator[Given]:
    """Drafts of files, folders (sorted, recursive) and ``.jsonl`` files, in input order."""
    for path in paths:
        if path.is_dir():
            for file in sorted(p for p in path.rglob("*") if p.is_file()):
                yield from _of_file(file)
        else:
            yield from _of_file(path)


def _of_file(path: Path) -> Iterator[Given]:
    if path.suffix.lower() != ".jsonl":
        yield Given(str(path), path)
        return
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _of_line(line, f"{path.name}:{number}")
    except OSError as error:
        yield Given(str(path), None, fault=Fault("E-DOC-OPEN", f"打不开文件（{error.strerror}）"))


def _of_line(line: bytes, place: str) -> Given:
    try:
        row: Any = json.loads(line)
        text, identifier = row["text"], str(row.get("id") or place)
        if not isinstance(text, str):
            raise TypeError
        as_of, declared = row.get("as_of"), row.get("declared")
        day = dt.date.fromisoformat(as_of) if as_of else None
        if declared is not None and not isinstance(declared, str):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = f"{place}：不是含 id 和 text 的 JSON 行（as_of 写作 2025-03-01）"
        return Given(place, None, fault=Fault("E-DOC-JSONL", message))
    return Given(identifier, text, day, declared)
