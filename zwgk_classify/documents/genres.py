"""Genre (文种) and direction (行文方向) of a document, from title and addressee."""

from __future__ import annotations

import re

# The fifteen genres of the 2012 rules, then kinds that offices use besides; longest first.
_STATUTORY = (
    "决议",
    "决定",
    "命令",
    "公报",
    "公告",
    "通告",
    "意见",
    "通知",
    "通报",
    "报告",
    "请示",
    "批复",
    "议案",
    "函",
    "纪要",
)
_KINDS = (
    "实施方案",
    "工作方案",
    "行动方案",
    "行动计划",
    "工作计划",
    "工作要点",
    "实施意见",
    "指导意见",
    "实施细则",
    "暂行规定",
    "暂行办法",
    "管理办法",
    "办法",
    "规定",
    "细则",
    "条例",
    "规则",
    "章程",
    "规划",
    "纲要",
    "计划",
    "要点",
    "方案",
    "预案",
    "公示",
    "解读",
    "指南",
    "清单",
    "目录",
    "标准",
    "规范",
    "制度",
    "说明",
    "提示",
    "安排",
    "简报",
    "专报",
    "汇报",
    "记录",
    "决定书",
    "通知书",
    "告知书",
    "意见书",
    "名单",
    "须知",
    "问答",
    "倡议书",
    "令",
    "年报",
    "总结",
    "材料",
    "情况",
    "明细",
)
_SAME_AS = {
    "实施方案": "方案",
    "工作方案": "方案",
    "行动方案": "方案",
    "行动计划": "计划",
    "工作计划": "计划",
    "工作要点": "要点",
    "实施意见": "意见",
    "指导意见": "意见",
    "实施细则": "细则",
    "暂行规定": "规定",
    "暂行办法": "办法",
    "管理办法": "办法",
    "令": "命令",
}
_ALL = sorted({*_STATUTORY, *_KINDS}, key=len, reverse=True)
# What may follow the genre: a bracket, a number, a closing mark.
_TAIL = re.compile(
    r"[（(][^（）()]{1,60}[）)]$|[》”\"]+$|[〔\[（(【]\d{4}[〕\]）)】]\s*第?\s*\d{1,5}\s*号$"
)
_PUBLIC = frozenset({"公告", "通告", "公报", "公示", "解读", "指南", "须知", "问答", "倡议书"})
_INTERNAL_ADDRESSEE = re.compile(
    r"(?:各|机关|本局|局属|全体|本|厅|委)?[^：:]{0,8}(?:科室|处室|股室|科|处|股|组|岗|班子|班|专班|组长|中队|同志|办公会|党组|领导|室|队|值守人员|经办人|成员|干部|职工)[：:]$"
)
_DOWN = re.compile(
    r"^各|各[\u4e00-\u9fa5]{0,8}(?:县|市|区|镇|乡|街道|部门|单位|企业|学校|局|村|社区|医院)"
)
_HIGHER = re.compile(
    r"^(?:[\u4e00-\u9fa5]{0,12}(?:人民政府|委员会|党委|市委|县委|省委|组织部|厅|部|局|委|院|总局|办公室|指挥部|纪委|金融办|财政局|市[\u4e00-\u9fa5]{1,12}局))[：:]$"
)
_FUNCTIONAL_UP = frozenset({"请示", "报告", "专报", "汇报", "议案"})


def genre_of(title: str) -> str | None:
    """The genre named at the end of ``title``; ``None`` when there is none."""
    bare = title.strip()
    for _ in range(3):
        shorter = _TAIL.sub("", bare).strip()
        if shorter == bare:
            break
        bare = shorter
    for kind in _ALL:
        if bare.endswith(kind):
            return _SAME_AS.get(kind, kind)
    return None


def is_title_line(text: str) -> bool:
    """Whether a line (or joined lines) looks like a complete title."""
    if not 4 <= len(text) <= 160 or text[-1] in "。；，、：:！":
        return False
    genre = genre_of(text)
    if genre is None:
        return False
    # Single-character genres end many ordinary words.
    if text.endswith(("函", "令")):
        return (
            "关于" in text
            or text.endswith(("复函", "公函", "便函"))
            or re.search(r"第\d+号令$|令$", text) is not None
        )
    return not re.match(
        r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d+[.．、])", text
    )


def direction_of(genre: str | None, addressee: str, title: str, signature: str) -> str | None:
    """up, down, level, internal or public; ``None`` where nothing tells."""
    if genre in _PUBLIC:
        return "public"
    if not addressee:
        return "up" if genre in ("请示",) else None
    if _INTERNAL_ADDRESSEE.search(addressee):
        return "internal"
    if _DOWN.search(addressee) or "、" in addressee or "，" in addressee:
        return "down"
    if genre in _FUNCTIONAL_UP:
        return "up"
    if genre == "函":
        return "level"
    if genre == "批复":
        return "down"
    if _HIGHER.search(addressee):
        return "up" if genre in (None, "情况", "材料", "说明", "意见", "方案", "总结") else "level"
    return None
