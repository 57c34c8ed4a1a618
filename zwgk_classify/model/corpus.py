"""The training corpus: JSONL texts with labels, places and groups."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zwgk_classify.domain import Attribute
from zwgk_classify.errors import ModelError, Place


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text; ``attribute`` is ``None`` for what is no official text at all.

    ``spans`` are (item, start, end) in characters of ``text``; ``group`` keeps related texts
    on one side of every split.
    """

    id: str
    text: str
    attribute: Attribute | None
    items: tuple[str, ...]
    spans: tuple[tuple[str, int, int], ...]
    group: str
    kind: str


def read_corpus(folder: Path) -> list[Example]:
    """All examples of the ``*.jsonl`` files in ``folder``, sorted by id.

    Raises: ModelError with file and line for a broken line, an unknown label, a quote that is
    not in its text, or a repeated id.
    """
    examples: dict[str, Example] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            place = Place(file=path.name, line=number)
            example = _parse(line, place)
            if example.id in examples:
                raise ModelError(f"语料编号重复：{example.id}", code="E-CORPUS", place=place)
            examples[example.id] = example
    if not examples:
        raise ModelError("没有训练语料", code="E-CORPUS", place=Place(file=folder.name))
    return [examples[key] for key in sorted(examples)]


def corpus_digest(folder: Path) -> str:
    """``sha256:…`` over all corpus files."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"sha256:{digest.hexdigest()}"


def _parse(line: str, place: Place) -> Example:
    try:
        raw = json.loads(line)
        text, items = raw["text"], tuple(raw["items"])
        attribute = None if raw["attribute"] is None else Attribute(raw["attribute"])
        spans = tuple(_spans(raw["spans"], text))
        return Example(raw["id"], text, attribute, items, spans, raw["group"], raw["kind"])
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"语料行不合规定：{type(error).__name__}", code="E-CORPUS", place=place
        ) from None


def _spans(spans: list[dict[str, str]], text: str) -> Iterator[tuple[str, int, int]]:
    for span in spans:
        start = text.index(span["quote"])
        yield span["item"], start, start + len(span["quote"])
