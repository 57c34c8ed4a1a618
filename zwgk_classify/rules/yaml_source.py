"""YAML with places: a strict reader that knows line and column of every value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from zwgk_classify.errors import NegativeListError, Place

try:
    from yaml import CSafeLoader as _Base
except ImportError:  # pragma: no cover - PyYAML without libyaml
    from yaml import SafeLoader as _Base  # type: ignore[assignment]

_MAX_BYTES = 4 * 1024 * 1024
_MAX_DEPTH = 24
_INT = "tag:yaml.org,2002:int"
_BOOL = "tag:yaml.org,2002:bool"
_NULL = "tag:yaml.org,2002:null"
_STR = "tag:yaml.org,2002:str"


class Source:
    """The data of one YAML file and the place of each of its values.

    ``data`` consists of dict, list, str, int, bool and None only: YAML's dates, octal numbers
    and yes/no words stay the strings a person wrote.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[NegativeListError] = []
        self._places: dict[tuple[str | int, ...], Place] = {}
        self.data: Any = self._read()

    def place(self, location: tuple[str | int, ...]) -> Place:
        """Where the value at ``location`` (keys and indexes) stands; else its nearest parent."""
        for length in range(len(location), -1, -1):
            found = self._places.get(location[:length])
            if found is not None:
                return found
        return Place(file=self.path.name)

    def _read(self) -> Any:
        raw = self.path.read_bytes()
        if len(raw) > _MAX_BYTES:
            return self._problem(
                "文件超过 4 MB，不像清单文件", Place(file=self.path.name), "E-LIST-SIZE"
            )
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            return self._problem(
                f"不是 UTF-8 编码（第 {error.start} 字节）",
                Place(file=self.path.name),
                "E-LIST-ENCODING",
            )
        loader = _Base(text)
        try:
            if _uses_alias(text):
                return self._problem(
                    "不允许使用锚点（&）和引用（*）", Place(file=self.path.name), "E-LIST-ALIAS"
                )
            node = loader.get_single_node()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            place = Place(
                file=self.path.name,
                line=mark.line + 1 if mark else None,
                column=mark.column + 1 if mark else None,
            )
            return self._problem(
                "YAML 语法错误（检查缩进、制表符和全角冒号）", place, "E-LIST-YAML"
            )
        finally:
            loader.dispose()
        return self._value(node, ()) if node is not None else None

    def _problem(self, message: str, place: Place, code: str) -> None:
        self.problems.append(NegativeListError(message, code=code, place=place))

    def _value(self, node: yaml.Node, location: tuple[str | int, ...]) -> Any:
        place = Place(
            file=self.path.name,
            line=node.start_mark.line + 1,
            column=node.start_mark.column + 1,
        )
        self._places[location] = place
        if len(location) > _MAX_DEPTH:
            return self._problem("嵌套过深", place, "E-LIST-DEPTH")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, (*location, i)) for i, child in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, location: tuple[str | int, ...]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        first_seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in result:
                self._problem(
                    f"重复的键“{key}”（首次出现在第 {first_seen[key]} 行）",
                    Place(self.path.name, line, key_node.start_mark.column + 1),
                    "E-LIST-DUPLICATE-KEY",
                )
                continue
            first_seen[key] = line
            result[key] = self._value(value_node, (*location, key))
        return result

    def _scalar(self, node: yaml.Node) -> Any:
        value: str = node.value
        plain = getattr(node, "style", None) in (None, "")
        if plain and node.tag == _NULL:
            return None
        if plain and node.tag == _BOOL and value in ("true", "false"):
            return value == "true"
        if plain and node.tag == _INT and value.isdecimal() and str(int(value)) == value:
            return int(value)
        return value


def _uses_alias(text: str) -> bool:
    """Anchors and aliases make a small file explode; a list file has no need of them."""
    loader = _Base(text)
    try:
        while True:
            event = loader.get_event()
            if event is None or isinstance(event, yaml.StreamEndEvent):
                return False
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                return True
    finally:
        loader.dispose()
