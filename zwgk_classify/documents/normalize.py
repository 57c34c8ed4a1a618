"""Normalised text with an offset map back to the original.

What is folded: full-width letters and digits, traditional characters, circled digits,
half-width punctuation between Chinese characters. What is dropped: zero-width and direction
marks, and white space, line breaks included, unless it separates two Latin letters or digits
(kept as one space) or is a tab (a table cell ends there). Paragraph starts are kept aside.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from zwgk_classify.documents.traditional import SIMPLIFIED, TRADITIONAL

_HAN = "\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff"
_FULL = {0xFF01 + i: 0x21 + i for i in range(94)}
# Chinese punctuation stays Chinese: rules are written with it.
_KEEP_FULL = "！（），：；？"
_ODD = {
    "〇": "0",
    "○": "0",
    "Ｏ": "O",
    "﹒": ".",
    "⒈": "1",
    "～": "~",
    "—": "—",
    "﹣": "-",
    "−": "-",
    "‐": "-",
    "‑": "-",
    "﹙": "（",
    "﹚": "）",
    "﹐": "，",
    "﹑": "、",
    "﹕": "：",
    "﹔": "；",
    "〕": "〕",
    "［": "〔",
    "］": "〕",
    "【": "〔",
    "】": "〕",
    "[": "〔",
    "]": "〕",
    "⼀": "一",
    "⼆": "二",
    "“": "“",
    "”": "”",
    "‘": "“",
    "’": "”",
    "「": "“",
    "」": "”",
    "『": "“",
    "』": "”",
    "﹁": "“",
    "﹂": "”",
    "☆": "★",
    "✩": "★",
    "✭": "★",
    "﹡": "★",
    "＊": "★",
}
_CIRCLED = {0x2460 + i: str(i + 1) for i in range(9)}
_TABLE: dict[int, str | int | None] = {
    **{k: v for k, v in _FULL.items() if chr(k) not in _KEEP_FULL},
    **dict(zip(map(ord, TRADITIONAL), SIMPLIFIED, strict=True)),
    **{ord(k): v for k, v in _ODD.items()},
    **_CIRCLED,
    # Brackets fold always: “(1)” and “（1）” number the same way.
    0x28: "（",
    0x29: "）",
    0x3000: " ",
    0xA0: " ",
}
_DROPPED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]+"
)
_SPACE = re.compile(r"[^\S\t]+|\t+")
_LATIN = re.compile(r"[0-9A-Za-z]")
_HALF_PUNCTUATION = str.maketrans(",:;?!", "，：；？！")
_BESIDE_HAN = f"{_HAN}（）“”《》，：；？！。、"
_BETWEEN_HAN = re.compile(f"(?<=[{_BESIDE_HAN}])[,:;?!]+|[,:;?!]+(?=[{_BESIDE_HAN}])")
_FINAL = "。！？；：.!?;:"


@dataclass(frozen=True, slots=True)
class NormalText:
    """Normalised characters and where each stretch of them came from.

    ``breaks`` are the positions in ``text`` where a new paragraph begins. ``_runs`` holds, for
    stretches that were copied one to one, where they start here and in the original.
    """

    text: str
    breaks: tuple[int, ...]
    _here: tuple[int, ...]
    _there: tuple[int, ...]

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Original half-open range of the normalised range ``start`` to ``end``."""
        if end <= start:
            place = self._original(start)
            return place, place
        return self._original(start), self._original(end - 1) + 1

    def _original(self, position: int) -> int:
        if not self._here:
            return 0
        run = max(bisect_right(self._here, position) - 1, 0)
        return self._there[run] + position - self._here[run]


def normalize(text: str) -> NormalText:
    """Normalise ``text``; cost linear in its length."""
    folded = text.translate(_TABLE)
    folded = _BETWEEN_HAN.sub(lambda m: m.group().translate(_HALF_PUNCTUATION), folded)
    pieces: list[str] = []
    here: list[int] = []
    there: list[int] = []
    breaks: list[int] = []
    length = position = 0
    for match in _GAPS.finditer(folded):
        start, end = match.span()
        if start > position:
            here.append(length)
            there.append(position)
            pieces.append(folded[position:start])
            length += start - position
        kept = _kept(folded, start, end)
        if kept:
            here.append(length)
            there.append(start)
            pieces.append(kept)
            length += 1
        broken = "\n" in match.group() or "\r" in match.group()
        if broken and not _is_soft(folded, start, end):
            breaks.append(length)
        position = end
    if position < len(folded):
        here.append(length)
        there.append(position)
        pieces.append(folded[position:])
    return NormalText("".join(pieces), tuple(breaks), tuple(here), tuple(there))


_GAPS = re.compile(rf"(?:{_DROPPED.pattern}|\s)+")


def _kept(text: str, start: int, end: int) -> str:
    """What a gap leaves behind: a tab between cells, a space between Latin words, or nothing."""
    gap = text[start:end]
    if "\t" in gap:
        return "\t"
    if start == 0 or end == len(text) or not re.search(r"\s", gap):
        return ""
    between_latin = _LATIN.match(text[start - 1]) and _LATIN.match(text[end])
    return " " if between_latin else ""


def _is_soft(text: str, start: int, end: int) -> bool:
    """Whether a line break only wraps a paragraph.

    It does when it stands alone, no final mark precedes it, no table row is near, and the
    next line does not begin a new item. Paragraphs of official documents end in a mark;
    joining a heading to its paragraph does no harm, cutting a sentence in two does.
    """
    gap = text[start:end]
    if gap.count("\n") + gap.count("\r") - gap.count("\r\n") != 1 or start == 0 or "\t" in gap:
        return False
    if text[start - 1] in _FINAL or end == len(text) or _NEW_ITEM.match(text, end):
        return False
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    line_end = text.find("\n", end)
    around = text[line_start : line_end if line_end >= 0 else len(text)]
    return "\t" not in around


_NEW_ITEM = re.compile(
    r"[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|第[一二三四五六七八九十百\d]+[条章节]|附\s*件|抄送|[（(]此件"
)
