"""A proposal as plain Chinese text, for terminal and approval form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_STATUS = {"PROPOSED": "建议明确", "REVIEW": "须人工复核", "BLOCKED": "已中止"}
_EFFECT = {
    "BLOCK_SECRET": "中止处理，转保密机构",
    "REFER": "疑似涉密，报定密审查",
    "MUST_WITHHOLD": "不予公开（须写明危害论证）",
    "MUST_UNLESS": "不得公开，第三方同意或公共利益除外",
    "NEED_APPROVAL": "须报有权机关批准或统一发布",
    "MAY_WITHHOLD": "可以不予公开（须说明裁量理由）",
    "ROUTE_QUERY": "告知依有关法律法规查询",
    "REDACT": "遮盖后公开",
    "NOTICE": "提示（本身不是理由）",
    "DISCLOSE": "无阻断",
}
_QUOTE_LENGTH = 40


def cite(basis: list[Mapping[str, str]]) -> str:
    """Articles as a person cites them: 《法》（版本）第n条、第m条."""
    by_law: dict[tuple[str, str], list[str]] = {}
    for entry in basis:
        by_law.setdefault((entry["law"], entry["version"]), []).append(entry["article"])
    return "；".join(
        f"《{law}》（{version}）" + "、".join(f"第{a}条" for a in articles)
        for (law, version), articles in by_law.items()
    )


def decision_line(shape: Mapping[str, Any]) -> str:
    """The result in one line."""
    if shape["status"] == "BLOCKED":
        return "发现国家秘密标志，已停止处理：请断开网络，转本单位保密机构线下办理"
    attribute = shape["attribute"] or "无法提出属性"
    partial = "（区分处理后公开）" if shape["partial"] else ""
    return f"建议属性：{attribute}{partial}　状态：{_STATUS[shape['status']]}"


def reasons_paragraph(shape: Mapping[str, Any]) -> str:
    """A paragraph for the approval form (公开属性认定理由), made from the shape alone."""
    if shape["status"] == "BLOCKED":
        return (
            "文中出现国家秘密标志，依照《保守国家秘密法》停止在本系统处理，转保密机构按规定办理。"
        )
    effective = [g for g in shape["grounds"] if g["suppressed_by"] is None]
    sentences: list[str] = []
    for ground in _one_per_item(effective):
        basis = cite(ground["basis"])
        according = f"依据{basis}，" if basis else "基准日无有效依据，"
        sentences.append(
            f"文中有“{ground['name']}”一类内容，{according}{_EFFECT[ground['effect']]}。"
        )
    if shape["must_publish"]:
        names = "、".join(dict.fromkeys(m["name"] for m in shape["must_publish"]))
        sentences.append(f"内容涉及法定主动公开事项：{names}。")
    attribute = shape["attribute"]
    if attribute is None:
        sentences.append("无法提出公开属性，请人工认定。")
    elif shape["partial"]:
        sentences.append("不宜公开的内容可以区分，建议作区分处理后公开其余部分。")
    elif attribute == "主动公开" and not effective:
        sentences.append(
            "未发现负面清单所列内容，依照《政府信息公开条例》第五条、第十三条，建议主动公开。"
        )
    else:
        sentences.append(f"综合以上，建议{attribute}。")
    if shape["status"] == "REVIEW":
        sentences.append("本建议须由人工复核后确定。")
    return "".join(sentences)


def text_card(shape: Mapping[str, Any]) -> str:
    """The whole proposal for a terminal, a few lines to each ground."""
    lines = [decision_line(shape)]
    document = shape["document"]
    described = [document["title"], document["doc_number"], document["date"]]
    lines.append(
        "文件：" + "　".join(str(d) for d in described if d)
        if any(described)
        else "文件：（无标题）"
    )
    for ground in shape["grounds"]:
        if ground["suppressed_by"] is None:
            lines += _ground_lines(ground)
    suppressed = [g for g in shape["grounds"] if g["suppressed_by"] is not None]
    if suppressed:
        by = "；".join(dict.fromkeys(f"{g['name']}（{g['suppressed_by']}）" for g in suppressed))
        lines.append(f"已抑制：{by}")
    if shape["must_publish"]:
        names = dict.fromkeys(f"{m['name']}（{cite(m['basis'])}）" for m in shape["must_publish"])
        lines.append("法定主动公开：" + "；".join(names))
    lines += [f"缺陷：{d['message']} [{d['code']}]" for d in shape["defects"]]
    lines += [f"复核：{r['message']} [{r['code']}]" for r in shape["review_reasons"]]
    lines.append("理由：" + shape["reasons"])
    return "\n".join(lines)


def _ground_lines(ground: Mapping[str, Any]) -> list[str]:
    source = "规则" if ground["source"] == "rule" else "模型"
    lines = [
        f"理由项：{ground['name']} [{ground['item']}]　{_EFFECT[ground['effect']]}　（{source}）",
        f"  依据：{cite(ground['basis']) or '基准日无有效条款'}",
    ]
    for place in ground["evidence"][:5]:
        quote = place["quote"]
        shown = "（不显示原文）" if quote is None else _short(quote)
        lines.append(f"  证据：{place['part']} {place['start']}-{place['end']}　{shown}")
    if len(ground["evidence"]) > 5:
        lines.append(f"  另有 {len(ground['evidence']) - 5} 处")
    return lines


def _short(quote: str) -> str:
    flat = " ".join(quote.split())
    return f"“{flat}”" if len(flat) <= _QUOTE_LENGTH else f"“{flat[:_QUOTE_LENGTH]}…”"


def _one_per_item(grounds: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list({g["item"]: g for g in reversed(grounds)}.values())[::-1]
