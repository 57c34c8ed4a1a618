"""Reads ``negative_list/*.yaml`` into validated values, collecting every problem at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ValidationError

from zwgk_classify.errors import NegativeListError
from zwgk_classify.rules.schema import (
    Citation,
    ConceptFile,
    ExamFile,
    Examples,
    GroupFile,
    Guard,
    GuardFile,
    Item,
    PublishFile,
    PublishItem,
    Statute,
    StatuteFile,
    Vocabulary,
)
from zwgk_classify.rules.yaml_source import Source

_SPECIAL: dict[str, type[BaseModel]] = {
    "statutes.yaml": StatuteFile,
    "guards.yaml": GuardFile,
    "concepts.yaml": ConceptFile,
    "must_publish.yaml": PublishFile,
}
_MESSAGES = {
    "extra_forbidden": "不认识的键“{key}”",
    "missing": "缺少必填项“{key}”",
    "literal_error": "“{key}”的取值不在允许之列",
    "string_too_short": "“{key}”太短（词语至少两个字）",
    "string_too_long": "“{key}”太长",
    "string_type": "“{key}”应为文字（必要时加引号）",
    "bool_type": "“{key}”应为 true 或 false",
    "int_type": "“{key}”应为整数",
    "string_pattern_mismatch": "“{key}”的写法不合规定",
    "too_short": "“{key}”不能为空",
}


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item together with the first-level group it belongs to."""

    item: Item
    group: str
    report_code: str | None


@dataclass(frozen=True)
class ListData:
    """Everything the list files say, validated; ``digest`` identifies the list (sha256)."""

    items: tuple[ListedItem, ...]
    publish: tuple[PublishItem, ...]
    statutes: dict[str, Statute]
    guards: tuple[Guard, ...]
    concepts: dict[str, Vocabulary] = field(default_factory=dict)
    digest: str = ""
    exams: dict[str, Examples] = field(default_factory=dict)


def load_list(root: Path) -> ListData:
    """Read and validate all list files directly under ``root``.

    Raises: NegativeListError with every problem of every file, each with file, line, column.
    """
    files = sorted(p for p in root.glob("*.yaml") if p.is_file())
    problems: list[NegativeListError] = []
    if not files:
        raise NegativeListError(f"目录 {root.name} 里没有清单文件", code="E-LIST-EMPTY")
    parsed: dict[str, tuple[BaseModel, Source]] = {}
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        source = Source(path)
        problems.extend(source.problems)
        model = _SPECIAL.get(path.name, GroupFile)
        try:
            parsed[path.name] = (model.model_validate(source.data), source)
        except ValidationError as error:
            problems.extend(_translated(error, source))
    problems.extend(
        NegativeListError(f"缺少文件 {name}", code="E-LIST-MISSING-FILE")
        for name in _SPECIAL
        if name not in {p.name for p in files}
    )
    if problems:
        raise _all(problems)
    data = _assemble(parsed, f"sha256:{digest.hexdigest()}")
    problems.extend(_cross_checks(data, parsed))
    problems.extend(_read_exams(root, data))
    if problems:
        raise _all(problems)
    return data


def _read_exams(root: Path, data: ListData) -> Iterator[NegativeListError]:
    """Read ``exams/*.yaml`` into ``data.exams``; exams judge the list and are not part of its digest."""
    known = {listed.item.id for listed in data.items} | {item.id for item in data.publish}
    for path in sorted((root / "exams").glob("*.yaml")):
        source = Source(path)
        yield from source.problems
        try:
            exams = ExamFile.model_validate(source.data).exams
        except ValidationError as error:
            yield from _translated(error, source)
            continue
        for name, examples in exams.items():
            place = source.place(("exams", name))
            if name not in known:
                yield NegativeListError(
                    f"考题写给不存在的条目 {name}", code="E-LIST-UNKNOWN-ITEM", place=place
                )
            elif name in data.exams:
                yield NegativeListError(
                    f"{name} 的考题写了两处", code="E-LIST-DUPLICATE-ID", place=place
                )
            data.exams[name] = examples


def _all(problems: list[NegativeListError]) -> NegativeListError:
    return NegativeListError(
        f"负面清单有 {len(problems)} 处错误，未装入",
        remedy="逐条改正后重试",
        problems=tuple(problems),
    )


def _translated(error: ValidationError, source: Source) -> Iterator[NegativeListError]:
    for detail in error.errors():
        location = tuple(detail["loc"])
        key = next((str(k) for k in reversed(location) if isinstance(k, str)), "")
        template = _MESSAGES.get(detail["type"], "“{key}”的值不合规定：" + detail["msg"])
        yield NegativeListError(
            template.format(key=key),
            code="E-LIST-" + detail["type"].upper().replace("_", "-"),
            place=source.place(location),
        )


def _assemble(parsed: dict[str, tuple[BaseModel, Source]], digest: str) -> ListData:
    items: list[ListedItem] = []
    publish: tuple[PublishItem, ...] = ()
    statutes: dict[str, Statute] = {}
    guards: tuple[Guard, ...] = ()
    concepts: dict[str, Vocabulary] = {}
    for model, _ in parsed.values():
        match model:
            case GroupFile():
                items += [ListedItem(i, model.group, model.report_code) for i in model.items]
            case PublishFile():
                publish = model.items
            case StatuteFile():
                statutes = {s.id: s for s in model.statutes}
            case GuardFile():
                guards = model.guards
            case ConceptFile():
                concepts = model.concepts
    items.sort(key=lambda listed: listed.item.id)
    return ListData(tuple(items), publish, statutes, guards, concepts, digest)


def _cross_checks(
    data: ListData, parsed: dict[str, tuple[BaseModel, Source]]
) -> Iterator[NegativeListError]:
    seen: set[str] = set()
    for model, source in parsed.values():
        if not isinstance(model, GroupFile | PublishFile):
            continue
        entries: tuple[Item | PublishItem, ...] = model.items
        for index, item in enumerate(entries):
            place = source.place(("items", index))
            if item.id in seen:
                yield NegativeListError(
                    f"条目编号重复：{item.id}", code="E-LIST-DUPLICATE-ID", place=place
                )
            seen.add(item.id)
            unknown = [c.statute for c in item.basis if c.statute not in data.statutes]
            if unknown:
                yield NegativeListError(
                    f"{item.id} 引用了 statutes.yaml 中没有的法规：{'、'.join(unknown)}",
                    code="E-LIST-UNKNOWN-STATUTE",
                    place=place,
                )
            elif isinstance(model, GroupFile) and not _lawful(item.basis, model.group, data):
                yield NegativeListError(
                    f"{item.id} 的依据不属于条例第十四至十六条或其援引的法律、行政法规",
                    code="E-LIST-BASIS",
                    place=place,
                    remedy="补充法定依据；部门规章和地方文件不能单独作为不予公开的依据",
                )
            rules = [rule.id for rule in item.rules]
            if len(set(rules)) != len(rules):
                yield NegativeListError(
                    f"{item.id} 有重复的规则编号", code="E-LIST-DUPLICATE-RULE", place=place
                )


# Groups that are no ground of their own: they only tell a person to look (条例 art. 2; 保密法 art. 64).
_NOTICE_GROUPS = frozenset({"scope", "work_secret"})


def _lawful(basis: tuple[Citation, ...], group: str, data: ListData) -> bool:
    """Whether a basis lies in arts 11, 14-16, 36 of the regulation or in a law art. 14 admits."""
    if group in _NOTICE_GROUPS:
        return True
    for citation in basis:
        statute = data.statutes[citation.statute]
        if statute.law == "政府信息公开条例":
            if citation.article in statute.grounds:
                return True
        elif statute.kind in ("law", "administrative_regulation"):
            return True
    return False
