"""Takes in a draft: real type by content, limits, the one reader, elements, marks, coverage."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from zwgk_classify.documents.document import Document, Part, Zone
from zwgk_classify.documents.docx import read_docx
from zwgk_classify.documents.elements import Elements, parse_elements
from zwgk_classify.documents.limits import Limits
from zwgk_classify.documents.marks import find_marks
from zwgk_classify.documents.normalize import NormalText, normalize
from zwgk_classify.documents.plain import decode_text
from zwgk_classify.domain import Coverage, DocumentFacts, Evidence, Fault, Span, Unread
from zwgk_classify.errors import DocumentError, DocumentTooLarge, UnreadableDocument

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KNOWN = (
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
)
_ELEMENT_ZONES = {"title", "addressee", "signature", "note", "imprint"}
_MARKED_STORIES = ("body", "header:", "textbox:")
_EMPTY = NormalText("", (), (), ())


def read_document(
    source: str | bytes | os.PathLike[str], *, limits: Limits | None = None
) -> Document:
    """Read a draft. A ``str`` is text, never a path; bytes and paths are files.

    Raises: DocumentTooLarge at a limit; UnreadableDocument where no reader can turn the file
    into text (E-DOC-BINARY, E-DOC-ENCRYPTED, E-DOC-FORMAT, E-DOC-TRUNCATED, E-DOC-DAMAGED);
    DocumentError when a path cannot be opened.
    """
    bounds = limits or Limits()
    if isinstance(source, str):
        return _build([("body", _bounded(source, bounds))], (), ())
    data = source if isinstance(source, bytes) else _load(Path(source), bounds)
    if len(data) > bounds.file_bytes:
        raise _too_large(bounds)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _read_archive(data, bounds)
    _refuse_known(data)
    return _build([("body", _bounded(decode_text(data), bounds))], (), ())


def _load(path: Path, limits: Limits) -> bytes:
    try:
        if path.stat().st_size > limits.file_bytes:
            raise _too_large(limits)
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"打不开文件（{error.strerror or type(error).__name__}）",
            code="E-DOC-OPEN",
            remedy="核对路径和读取权限",
        ) from None


def _too_large(limits: Limits) -> DocumentTooLarge:
    size = limits.file_bytes // (1024 * 1024)
    return DocumentTooLarge(f"文件超过 {size} MB 上限，未读取", remedy="拆分后分别处理")


def _bounded(text: str, limits: Limits) -> str:
    if len(text) > limits.text_characters:
        raise DocumentTooLarge(
            f"文字超过 {limits.text_characters} 字上限，未处理", remedy="拆分后分别处理"
        )
    return text


def _read_archive(data: bytes, limits: Limits) -> Document:
    if b"word/" in data:
        found = read_docx(data, limits)
        parts = [(name, _bounded(text, limits)) for name, text in found.parts]
        return _build(parts, found.unread, found.findings)
    if b"[Content_Types].xml" in data:
        raise _unsupported("Excel 或 PowerPoint")
    if b"OFD.xml" in data:
        raise _unsupported("OFD")
    raise _unsupported("压缩包")


def _refuse_known(data: bytes) -> None:
    if data.startswith(_OLE):
        names = data[:65536] + data[-65536:]
        if (
            "EncryptedPackage".encode("utf-16-le") in names
            or "DataSpaces".encode("utf-16-le") in names
        ):
            raise UnreadableDocument(
                "文件已加密，无法读取", code="E-DOC-ENCRYPTED", remedy="解除密码后重试"
            )
        raise _unsupported("旧版 Office（.doc、.xls、.wps 等）")
    for magic, name in _KNOWN:
        if data.startswith(magic):
            raise _unsupported(name)


def _unsupported(name: str) -> UnreadableDocument:
    return UnreadableDocument(
        f"暂不能读取{name}格式", code="E-DOC-FORMAT", remedy="另存为 .docx 或 UTF-8 文本后重试"
    )


def _build(
    texts: Sequence[tuple[str, str]], unread: tuple[Unread, ...], findings: tuple[Fault, ...]
) -> Document:
    coverage = Coverage(tuple(name for name, _ in texts), unread)
    faults = list(findings)
    for name, text in texts:
        if name.startswith(_MARKED_STORIES):
            marks = find_marks(name, text)
            if marks.mark is not None:
                return _marked(marks.mark, coverage, texts)
            faults += marks.faults
    parts = tuple(Part(name, text, normalize(text)) for name, text in texts)
    main = parts[0]
    elements = parse_elements(main.name, main.text)
    facts = DocumentFacts(
        title=elements.value("title"),
        doc_number=elements.value("doc_number"),
        genre=elements.genre,
        date=elements.date,
        printed_attribute=elements.attribute,
        printed_partial=elements.attribute == "部分公开",
        official=elements.official,
        empty=not any(p.normal.text.strip() for p in parts),
        coverage=coverage,
        findings=tuple(dict.fromkeys(faults)),
    )
    return Document(
        parts, tuple(_zones(main, elements)) + tuple(_other_zones(parts[1:])), elements, facts
    )


def _marked(mark: Evidence, coverage: Coverage, texts: Sequence[tuple[str, str]]) -> Document:
    """A marked document keeps places, never text (保密法 2024 art. 31)."""
    facts = DocumentFacts(mark=mark, coverage=coverage)
    parts = tuple(Part(name, "", _EMPTY) for name, _ in texts)
    return Document(parts, (), Elements(), facts)


def _zones(part: Part, elements: Elements) -> list[Zone]:
    """Every character of the main part in exactly one zone."""
    end = len(part.text)
    title = elements.first("title")
    marked = sorted(
        (e.span.start, e.span.end, e.name) for e in elements.found if e.name in _ELEMENT_ZONES
    )
    attachment = elements.first("attachment")
    cut = attachment.span.start if attachment else end
    zones: list[Zone] = []
    position = 0

    def fill(until: int) -> None:
        nonlocal position
        for stop, name in (
            (title.span.start if title else 0, "head"),
            (cut, "body"),
            (end, "attachment"),
        ):
            stop = min(stop, until)
            if stop > position:
                zones.append(Zone(name, Span(part.name, position, stop)))
                position = stop

    for start, stop, name in marked:
        if start < position:
            continue
        fill(start)
        zones.append(Zone(name, Span(part.name, position, stop)))
        position = stop
    fill(end)
    return zones


def _other_zones(parts: Sequence[Part]) -> list[Zone]:
    return [Zone(p.name.partition(":")[0], Span(p.name, 0, len(p.text))) for p in parts]
