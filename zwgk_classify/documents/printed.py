"""The disclosure attribute printed on a document, in all its variants (附注、版记标注)."""

from __future__ import annotations

import re

# Longer and negative forms stand first, so that 公开 never swallows 不公开.
_VALUES: tuple[tuple[str, str], ...] = (
    ("不予公开", "不予公开"),
    ("免予公开", "不予公开"),
    ("不公开", "不予公开"),
    ("部分公开", "部分公开"),
    ("删减后公开", "部分公开"),
    ("删减公开", "部分公开"),
    ("可依申请公开", "依申请公开"),
    ("依申请公开", "依申请公开"),
    ("申请公开", "依申请公开"),
    ("主动公开", "主动公开"),
    ("公开发布", "主动公开"),
    ("予以公开", "主动公开"),
    ("公开", "主动公开"),
)
_WORDS = "|".join(form for form, _ in _VALUES)
_STATED = re.compile(
    rf"(?:此件|本件|主件|信息公开选项|公开选项|公开方式|公开属性|公开类别|政府信息公开选项)[ \t\u3000]*[：:为]?[ \t\u3000]*"
    rf"(?:作为)?[ \t\u3000]*({_WORDS})([^\n）)]{{0,24}})"
)
_REST_CLOSED = re.compile(
    r"(?:附件|附表|附后|附录|名单|提纲)[^，。]{0,8}(?:不(?:予)?公开|略|除外)|(?:不(?:予)?公开|略)$"
)
_SPACES = re.compile(
    r"(?<=[此件本主公开发布依申请不予免部分可方式属性信息选项政府])[ \u3000]+(?=[此件本主公开发布依申请不予免部分可方式属性信息选项政府])"
)
_NAMES = dict(_VALUES)


def printed_attribute(text: str) -> str | None:
    """主动公开, 依申请公开, 不予公开 or 部分公开 as printed; ``None`` when nothing is printed.

    How far a document is distributed （此件发至县级） is not an attribute.
    """
    # It is printed at the foot or the head, never in running text.
    ends = text if len(text) <= 4000 else text[:1200] + "\n" + text[-2500:]
    found = list(_STATED.finditer(_SPACES.sub("", ends)))
    if not found:
        return None
    match = found[-1]
    value = _NAMES[match.group(1)]
    if value == "主动公开" and _REST_CLOSED.search(match.group(2)):
        return "部分公开"
    return value
