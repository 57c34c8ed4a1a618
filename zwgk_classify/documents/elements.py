"""Elements of an official document (公文要素), found by position and form.

Source: GB/T 9704-2012; 党政机关公文处理工作条例 art. 9.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from zwgk_classify.documents.genres import direction_of, genre_of, is_title_line
from zwgk_classify.documents.printed import printed_attribute
from zwgk_classify.domain import Span


@dataclass(frozen=True, slots=True)
class Element:
    """One element with its place in the original text and how sure we are (0 to 1)."""

    name: str
    value: str
    span: Span
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Elements:
    """All elements that were found, and what follows from them.

    ``direction`` is up, down, level, internal or public; ``normative`` tells a text of rules
    (条、章); ``party_number`` a document of party, congress, court or procuratorate.
    """

    found: tuple[Element, ...] = ()
    genre: str | None = None
    direction: str | None = None
    normative: bool = False
    party_number: bool = False
    date: dt.date | None = None
    attribute: str | None = None
    official: bool = False
    title_lines: tuple[int, int] | None = field(default=None)

    def first(self, name: str) -> Element | None:
        """The first element called ``name``."""
        return next((e for e in self.found if e.name == name), None)

    def value(self, name: str) -> str | None:
        """Its value, if it was found."""
        element = self.first(name)
        return element.value if element else None


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


class _Add(Protocol):
    def __call__(
        self, name: str, line: _Line, value: str | None = None, confidence: float = 1.0
    ) -> None: ...


_NUMBER = re.compile(
    r"([\u4e00-\u9fa5]{1,16}?)\s*[〔\[（(【［]\s*([12]\d{3}|[１２][０-９]{3})\s*[〕\]）)】］]\s*(第)?\s*([0-9０-９]{1,5})\s*号"
)
_ORDER_NUMBER = re.compile(
    r"^[（(]?(?:第\s*\d+\s*号|[\u4e00-\u9fa5]{2,20}令\s*第?\s*\d+\s*号)[）)]?$"
)
_DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_HAN_DATE = re.compile(
    r"([一二三四五六七八九〇○零０OＯ]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_HAN_DIGIT = {c: i for i, c in enumerate("〇一二三四五六七八九")} | dict.fromkeys("○零０OＯ", 0)
_ADDRESSEE = re.compile(r"^[^。；！？]{2,160}[：:]$")
_COPY_NUMBER = re.compile(r"^\d{6}$")
_URGENCY = re.compile(r"^(特提|特急|加急|平急)$")
_SIGNER = re.compile(r"签发人[：:]\s*([\u4e00-\u9fa5·\s]{2,20})")
_ORGAN_MARK = re.compile(
    r"^[\u4e00-\u9fa5、（）() ]{3,50}文件$|^中共[\u4e00-\u9fa5]{2,30}(?:委员会|委|组|部|办公室|办公厅)$"
)
_NOTE = re.compile(r"^[（(]([^（）()]{2,60})[）)]$")
_ATTACHMENT_LIST = re.compile(r"^附\s*件\s*[：:]")
_ATTACHMENT = re.compile(r"^附\s*[件表录]\s*[\d一二三四五六七八九十]{0,3}\s*[：:]?$")
_PAGE_NUMBER = re.compile(r"^[—–-]\s*\d{1,4}\s*[—–-]$")
_COPIED = re.compile(r"^抄\s*[送报]\s*[：:]")
_PRINTED = re.compile(r"(\d{4}年\d{1,2}月\d{1,2}日)\s*印发")
_ORGAN = re.compile(
    r"(?:人民政府|政府|委员会|局|厅|部|办公室|办公厅|委|院|中心|处|队|站|所|会|组|公司|学校|中学|小学|大学|支队|大队|街道办事处|办事处|管委会|联社|科|室|股|专班|指挥部|工作组|法院|检察院|集团|馆|社|行|厂)$"
)
_ARTICLE = re.compile(r"^\s*第[一二三四五六七八九十百零〇\d]+[条章]")
_PARTY_ORGAN = re.compile(
    r"中共[\u4e00-\u9fa5]{2,20}(?:委员会|委|工委)(?:办公[室厅])?|(?:人民法院|人民检察院|人民代表大会常务委员会|人大常委会|政治协商会议|政协[\u4e00-\u9fa5]{2,12}委员会|纪律检查委员会|纪委|党组|党委|组织部|宣传部|统战部|政法委员会|政法委|党工委|团委|共青团[\u4e00-\u9fa5]{2,12}委员会)(?:办公室|办公厅|机关)?$"
)
# A letter speaks for a person; an official document does not.
_PERSONAL = re.compile(
    r"尊敬的|您好|你好|本人|我们?(?:是|的|家|和|住|在|想|叫)|咨询一下|希望(?:领导|回复|解决)|请教|跪求"
)
# 某办发, 某委, 某发 with a place of one character; departments of the party by their own word.
_GOVERNMENT_NUMBER = re.compile(r"政(?!法)|府|国[发办函]|令")
_PARTY_NUMBER = re.compile(
    r"^(?:[\u4e00-\u9fa5]?(?:办发|办字|办通|委|委发|委办|委办发|委字|发|常发|人发|协发|法|检)"
    r"|中[办]?发|[\u4e00-\u9fa5]{1,2}(?:组|纪|宣|统|政法|编委)(?:发|通|字|办|函|干)+|[\u4e00-\u9fa5]{1,3}(?:党组?|党工委|工委)(?:发|字|办|函)*)$"
)
# A party office writes 某办发; a government office says so with 政办, 府办 or its own subject.
_HEAD_LINES = 14


def parse_elements(part: str, text: str) -> Elements:
    """Elements of the main text of a document, tolerant of missing and broken ones."""
    lines = list(_lines(text))
    if not lines:
        return Elements()
    found: list[Element] = []

    def add(name: str, line: _Line, value: str | None = None, confidence: float = 1.0) -> None:
        found.append(
            Element(name, value or line.text, Span(part, line.start, line.end), confidence)
        )

    title = _title(lines)
    head_end = title[0] if title else 0
    for line in lines[: max(head_end, min(3, len(lines)))]:
        _head_element(line, add)
    number = next((e for e in found if e.name == "doc_number"), None)
    if number is None:
        number_line = next((ln for ln in lines[:_HEAD_LINES] if _is_number_line(ln.text)), None)
        if number_line is not None:
            add("doc_number", number_line, _number_value(number_line.text), 0.8)
    if title:
        first, last = lines[title[0]], lines[title[1] - 1]
        joined = "".join(ln.text for ln in lines[title[0] : title[1]])
        found.append(Element("title", _clean(joined), Span(part, first.start, last.end)))
    body_start = title[1] if title else 0
    addressee = _addressee(lines, body_start)
    if addressee is not None:
        add("addressee", addressee)
    _tail_elements(lines, body_start, add)
    return _conclude(text, lines, tuple(found), title)


def _head_element(line: _Line, add: _Add) -> None:
    text = line.text
    if _COPY_NUMBER.match(text):
        add("copy_number", line)
    elif _URGENCY.match(text):
        add("urgency", line)
    elif _is_number_line(text):
        add("doc_number", line, _number_value(text))
        signer = _SIGNER.search(text)
        if signer:
            add("signer", line, signer.group(1).strip())
    elif _SIGNER.search(text):
        match = _SIGNER.search(text)
        assert match is not None
        add("signer", line, match.group(1).strip())
    elif _ORGAN_MARK.match(text):
        add("organ_mark", line)


def _tail_elements(lines: list[_Line], body_start: int, add: _Add) -> None:
    for index in range(body_start, len(lines)):
        line = lines[index]
        text = line.text
        if _NOTE.match(text):
            add("note", line, text.strip("（）()"))
        elif _COPIED.match(text):
            add("copied_to", line)
        elif _PRINTED.search(text) and len(text) < 60:
            add("imprint", line)
        elif _ATTACHMENT_LIST.match(text):
            add("attachment_list", line)
        elif _ATTACHMENT.match(text):
            add("attachment", line)
        elif _PAGE_NUMBER.match(text):
            add("page_number", line)
        elif len(text) <= 30 and parse_date(text) and _DATE.sub("", text).strip(" 　()（）") == "":
            add("date", line)
            for signer in _signers(lines[body_start:index]):
                add("signature", signer)
        elif len(text) <= 30 and _HAN_DATE.fullmatch(text):
            add("date", line)


def _signers(before_date: list[_Line]) -> Iterator[_Line]:
    """Organ lines directly above the date, the first signer first (joint issue has several)."""
    count = 0
    for line in reversed(before_date[-4:]):
        if len(line.text) > 40 or not _ORGAN.search(line.text):
            break
        count += 1
    yield from before_date[len(before_date) - count :]


def _conclude(
    text: str, lines: list[_Line], found: tuple[Element, ...], title: tuple[int, int] | None
) -> Elements:
    values = {e.name: e for e in reversed(found)}
    title_text = values["title"].value if "title" in values else None
    genre = genre_of(title_text or "")
    signature = " ".join(e.value for e in found if e.name == "signature")
    head = " ".join(e.value for e in found if e.name == "organ_mark")
    number = values["doc_number"].value if "doc_number" in values else ""
    addressee = values["addressee"].value if "addressee" in values else ""
    articles = sum(1 for ln in lines if _ARTICLE.match(ln.text))
    normative = articles >= 3
    dates = [d for e in found if e.name == "date" for d in [parse_date(e.value)] if d]
    party = _is_party(title_text or "", number, head, signature)
    signed = bool(number or signature or dates)
    official = normative or bool(number)
    if not official and title_text is not None and (signed or not _PERSONAL.search(text[:400])):
        built = "关于" in title_text or (bool(signature) and bool(dates))
        official = genre is not None or built or (bool(dates) and bool(addressee))
    return Elements(
        found=found,
        genre=genre,
        direction=direction_of(genre, addressee, title_text or "", signature),
        normative=normative,
        party_number=party,
        date=dates[-1] if dates else _loose_date(lines),
        attribute=printed_attribute(text),
        official=official,
        title_lines=title,
    )


def _is_party(title: str, number: str, head: str, signature: str) -> bool:
    if title.startswith("中共") or _PARTY_ORGAN.search(head):
        return True
    if any(_PARTY_ORGAN.search(s) for s in signature.split()) and "人民政府" not in signature:
        return True
    code = re.split(r"[〔\[（(【［]", number)[0].strip() if number else ""
    return bool(code and _PARTY_NUMBER.match(code) and not _GOVERNMENT_NUMBER.search(code))


def _title(lines: list[_Line]) -> tuple[int, int] | None:
    """First and last+1 line of the title: the first lines that end in a genre or speak of 关于."""
    for start in range(min(_HEAD_LINES, len(lines))):
        if _is_furniture(lines[start].text):
            continue
        for length in (1, 2, 3, 4):
            group = lines[start : start + length]
            if len(group) < length or any(_is_furniture(ln.text) for ln in group[1:]):
                break
            joined = _clean("".join(ln.text for ln in group))
            if len(joined) > 160:
                break
            if is_title_line(joined):
                return start, start + length
            if group[-1].text.endswith(("：", ":", "。")):
                break
    first = next((i for i, ln in enumerate(lines[:6]) if not _is_furniture(ln.text)), None)
    if (
        first is not None
        and 4 <= len(lines[first].text) <= 60
        and lines[first].text[-1] not in "。；，：:、！？"
    ):
        return first, first + 1
    return None


def _is_furniture(text: str) -> bool:
    return bool(
        _COPY_NUMBER.match(text)
        or _URGENCY.match(text)
        or (_is_number_line(text) and not _is_numbered_title(text))
        or _ORGAN_MARK.match(text)
        or _SIGNER.match(text)
        or _ORDER_NUMBER.match(text)
        or "★" in text
        or _NOTE.match(text)
        or re.match(r"^(?:密级|索引号|发布机构|信息分类|发布日期|有效性)[：:]", text)
    )


def _is_number_line(text: str) -> bool:
    match = _NUMBER.search(text)
    return match is not None and len(text) <= len(match.group()) + 24 and "《" not in text


def _is_numbered_title(text: str) -> bool:
    """Whether a line is a title that carries its number, as decisions are often published."""
    match = _NUMBER.search(text)
    assert match is not None
    before = text[: match.start(2) - 1].strip()
    return len(before) > 8 and genre_of(before) is not None


def _number_value(text: str) -> str:
    match = _NUMBER.search(text)
    assert match is not None
    year = match.group(2).translate(_FULL_DIGITS)
    return f"{match.group(1)}〔{year}〕{match.group(4).translate(_FULL_DIGITS)}号"


_FULL_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def _addressee(lines: list[_Line], start: int) -> _Line | None:
    for line in lines[start : start + 4]:
        if _ADDRESSEE.match(line.text) and not re.match(
            r"^[（(]?[一二三四五六七八九十\d]+[、）).]", line.text
        ):
            return line
    return None


def parse_date(text: str) -> dt.date | None:
    """The last date in ``text``, Arabic or Chinese."""
    matches = list(_DATE.finditer(text.translate(_FULL_DIGITS)))
    try:
        if matches:
            return dt.date(*(int(g) for g in matches[-1].groups()))
        han = _HAN_DATE.search(text)
        if han:
            year = int("".join(str(_HAN_DIGIT[c]) for c in han.group(1)))
            return dt.date(year, _han_number(han.group(2)), _han_number(han.group(3)))
    except ValueError:
        return None
    return None


def _han_number(text: str) -> int:
    if "十" not in text:
        return _HAN_DIGIT[text[-1]]
    tens, _, ones = text.partition("十")
    return (_HAN_DIGIT[tens] if tens else 1) * 10 + (_HAN_DIGIT[ones] if ones else 0)


def _loose_date(lines: list[_Line]) -> dt.date | None:
    """A date in the first or last lines where none stands on a line of its own."""
    for line in (*lines[-6:][::-1], *lines[:6]):
        if len(line.text) <= 60:
            date = parse_date(line.text)
            if date:
                return date
    return None


def _clean(text: str) -> str:
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", text.strip())


def _lines(text: str) -> Iterator[_Line]:
    for match in re.finditer(r"[^\n\r\u2028\u2029\x0b\x0c]+", text):
        raw = match.group()
        stripped = raw.strip(" \t\u3000\u00a0\ufeff\u200b")
        if stripped:
            start = match.start() + raw.index(stripped[0])
            yield _Line(start, start + len(stripped), stripped)
