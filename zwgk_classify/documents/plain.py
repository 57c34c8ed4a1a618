"""Text files: which encoding, or why it is no text."""

from __future__ import annotations

from zwgk_classify.errors import UnreadableDocument

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_CONTROL = {c for c in range(32) if c not in (9, 10, 11, 12, 13, 26)} | {0x7F}


def decode_text(data: bytes) -> str:
    """The text of ``data``: by byte-order mark, else UTF-8, GB18030, or UTF-16 without a mark.

    Raises: UnreadableDocument when the bytes are no text or the text is cut off.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data[len(bom) :], encoding)
    if b"\x00" in data:
        return _utf16(data)
    try:
        return _checked(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        if (
            error.start > 3
            and error.start >= len(data) - 4
            and error.reason == "unexpected end of data"
        ):
            raise _truncated() from None
    try:
        return _checked(data.decode("gb18030"))
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and error.start > 3:
            raise _truncated() from None
    raise _binary()


def _strict(data: bytes, encoding: str) -> str:
    try:
        return _checked(data.decode(encoding))
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 4:
            raise _truncated() from None
        raise _binary() from None


def _utf16(data: bytes) -> str:
    """UTF-16 without a mark: line ends and Latin letters have their NULs on one side only."""
    if len(data) % 2:
        raise _binary()
    even, odd = data[0::2].count(0), data[1::2].count(0)
    for encoding, first, second in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if first and first > second * 4:
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            usual = sum(1 for c in text if c.isprintable() or c in "\r\n\t\u3000")
            if usual >= len(text) * 0.97:
                return text
    raise _binary()


def _checked(text: str) -> str:
    sample = text[:20_000]
    odd = sum(1 for c in sample if ord(c) in _CONTROL)
    if odd > len(sample) * 0.005 + 2:
        raise _binary()
    return text


def _binary() -> UnreadableDocument:
    return UnreadableDocument(
        "不是文本文件，也不是能读的文档格式",
        code="E-DOC-BINARY",
        remedy="另存为 .docx 或 UTF-8 文本后重试",
    )


def _truncated() -> UnreadableDocument:
    return UnreadableDocument(
        "文本在末尾被截断，不完整", code="E-DOC-TRUNCATED", remedy="重新取得完整文件后重试"
    )
