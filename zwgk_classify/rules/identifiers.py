"""Numbers that identify a person: found by form, confirmed by their own rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

# Digits of one number may stand apart by a space or hyphen, as people type them.
_GAP = r"[ \-]?"
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FORMS: dict[str, re.Pattern[str]] = {
    "resident_id": re.compile(
        rf"(?<![0-9A-Za-z])(?:\d{_GAP}){{14}}(?:(?:\d{_GAP}){{2}}\d{_GAP}[0-9Xx]|\d)(?![0-9A-Za-z])"
    ),
    "mobile": re.compile(
        rf"(?<![0-9A-Za-z])(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{_GAP}(?:\d{_GAP}){{6}}\d(?![0-9A-Za-z])"
    ),
    "bank_card": re.compile(rf"(?<![0-9A-Za-z])(?:\d{_GAP}){{15,18}}\d(?![0-9A-Za-z])"),
    "passport": re.compile(
        r"(?<![0-9A-Za-z])(?:[EeGg][0-9A-Za-z]\d{7}|[Pp][Ee]?\d{7})(?![0-9A-Za-z])"
    ),
    "plate": re.compile(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·]?"
        r"[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9学警](?![0-9A-Za-z])"
    ),
    "email": re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"),
}


def resident_id_is_plausible(number: str) -> bool:
    """Whether 15 or 18 characters can be a resident identity number (居民身份证号码).

    Province and date of birth must be real; a wrong check digit is still personal data,
    since people mistype (GB 11643-1999).
    """
    if number[:2] not in _PROVINCES:
        return False
    birth = f"19{number[6:12]}" if len(number) == 15 else number[6:14]
    try:
        day = dt.date(int(birth[:4]), int(birth[4:6]), int(birth[6:8]))
    except ValueError:
        return False
    return 1890 <= day.year <= 2035


def resident_id_checks(number: str) -> bool:
    """Whether the check digit of an 18-digit number is right (ISO 7064 mod 11-2)."""
    if len(number) != 18 or not number[:17].isdecimal():
        return False
    total = sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17].upper()


def luhn_checks(number: str) -> bool:
    """Whether a bank card number passes the Luhn test (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _bank_card(number: str) -> bool:
    # Issuers in use start with 3 to 6 or 9; a plausible identity number is not a card.
    if number[0] not in "34569" or (len(number) == 18 and resident_id_is_plausible(number)):
        return False
    return luhn_checks(number)


_CHECKS: dict[str, Callable[[str], bool]] = {
    "resident_id": resident_id_is_plausible,
    "bank_card": _bank_card,
}


def find_identifiers(kind: str, text: str) -> Iterator[tuple[int, int]]:
    """Character ranges of identifiers of ``kind`` in normalised ``text``."""
    check = _CHECKS.get(kind)
    for match in _FORMS[kind].finditer(text):
        if check is None or check(re.sub(r"[ \-]", "", match.group())):
            yield match.start(), match.end()
