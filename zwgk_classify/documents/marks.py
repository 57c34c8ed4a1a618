"""Classification marks (密级标志), recognised by position and form, not by word.

Source: 保守国家秘密法 (2024) art. 22; GB/T 9704-2012.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from zwgk_classify.domain import Evidence, Fault, Span

_GAP = r"[\s\u3000\u200b-\u200f\ufeff]*"
_LEVELS = rf"(?:绝{_GAP}密|[机機]{_GAP}密|秘{_GAP}密)"
_STAR = r"[★☆✩✭＊*﹡]"
_MARK = re.compile(
    rf"{_LEVELS}{_GAP}{_STAR}{_GAP}(?:长期|[0-9０-９]{{1,4}}{_GAP}(?:年|个月|月|天)|[^\s，。；“”\"']{{0,20}})?"
)
_STATED = re.compile(rf"密{_GAP}级{_GAP}[：:]{_GAP}([^\n\r]{{0,16}})")
_BARE = re.compile(rf"^{_LEVELS}$")
_ODD_MARK = re.compile(
    rf"密.{{0,6}}{_STAR}|{_STAR}.{{0,6}}密|[绝机機秘]{_GAP}{_STAR}{_GAP}(?:长期|\d)"
)
_COPY_NUMBER = re.compile(r"^(?:[№Nno.：:]{0,4})?\d{6}$")
_NOT_SECRET = re.compile(r"^(?:无|公开|非密|内部|普通|一般|不涉密|非涉密|—|-|/|)$")
_DECLASSIFIED = re.compile(r"^(?:解密|已解密)$")
_EXPLAINS = re.compile(
    r"[“”\"'‘’《》]|如|例|标注|标明|题|选项|正确|^[A-DＡ-Ｄ][.．、]|是指|下列|应当|标志|样式|格式"
)
_HEAD_LINES = 6
_HEAD_LENGTH = 30


@dataclass(frozen=True, slots=True)
class Marks:
    """A mark, if there is one, and what about marks a person must look at."""

    mark: Evidence | None = None
    faults: tuple[Fault, ...] = ()


def find_marks(part: str, text: str) -> Marks:
    """Look for a mark in the head of ``text``: its own short line among the first lines.

    The words of a mark in running text, in quotation marks or in a quiz are no mark.
    """
    faults: list[Fault] = []
    head = list(_head(text))
    copy_number = any(_COPY_NUMBER.match(line) for _, line in head)
    for position, (start, line) in enumerate(head):
        span = Span(part, start, start + len(line))
        if _MARK.search(line) and len(line) <= _HEAD_LENGTH and not _EXPLAINS.search(line):
            return Marks(Evidence(span))
        if _BARE.match(line) and (position <= 3 or copy_number):
            return Marks(Evidence(span))
        stated = _STATED.search(line)
        if stated:
            value = stated.group(1).strip(" \t\u3000")
            value = re.split(r"[\s\u3000]", value)[0] if value else ""
            if re.match(_LEVELS, value):
                return Marks(Evidence(span))
            if not _NOT_SECRET.match(value):
                faults.append(Fault("D-MARK-UNKNOWN", "密级一栏的写法无法辨认，须由人核对"))
        elif _ODD_MARK.search(line) and len(line) <= _HEAD_LENGTH and not _EXPLAINS.search(line):
            faults.append(Fault("D-MARK-UNKNOWN", "疑似密级标志但写法不规范，须由人核对"))
        if _DECLASSIFIED.match(line):
            faults.append(Fault("D-DECLASSIFIED", "印有“解密”字样，须核对解密手续"))
    return Marks(None, tuple(dict.fromkeys(faults)))


def _head(text: str) -> list[tuple[int, str]]:
    lines: list[tuple[int, str]] = []
    for match in re.finditer(r"[^\n\r]+", text[:2000]):
        for piece in re.finditer(r"\S(?:.*?\S)?(?=\s{4,}|\u3000{2,}|$)", match.group()):
            stripped = piece.group().strip(" \t\u3000\ufeff")
            if stripped:
                lines.append((match.start() + piece.start(), stripped))
        if len(lines) >= _HEAD_LINES:
            break
    return lines[:_HEAD_LINES]
