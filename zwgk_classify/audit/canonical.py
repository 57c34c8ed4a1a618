"""The one canonical byte form of what the log stores (RFC 8785, JSON Canonicalization Scheme).

Restricted to strings, integers within ±2^53, booleans, null, lists and objects: without
floating numbers no two machines can disagree on a form.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from zwgk_classify.errors import AuditError

_LARGEST = 2**53
_DEEPEST = 32


def canonical(value: Any) -> bytes:
    """Canonical JSON of ``value``: keys in UTF-16 order, no white space, UTF-8.

    Raises: AuditError (E-AUDIT-RECORD) on floats, NaN, keys that are no strings, lone
    surrogates and nesting beyond 32 levels. Source: RFC 8785, 3.2.
    """
    ordered = _ordered(value, 0)
    try:
        return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:
        _refuse("记录里有不成对的代理字符")


def parse_canonical(body: bytes) -> Any:
    """The value that ``body`` is the canonical form of; its unknown fields stay in it.

    Raises: AuditError (E-AUDIT-RECORD) when the bytes are another form or no JSON at all.
    """
    try:
        value = json.loads(body)
    except (ValueError, TypeError, RecursionError):
        _refuse("记录不是 JSON")
    if canonical(value) != body:
        _refuse("记录不是规范形式")
    return value


def _ordered(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if depth > _DEEPEST:
        _refuse("记录嵌套过深")
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            _refuse("记录里的整数超出规范范围")
        return value
    if isinstance(value, list | tuple):
        return [_ordered(member, depth + 1) for member in value]
    if isinstance(value, dict):
        return {k: _ordered(value[k], depth + 1) for k in sorted(value, key=_utf16)}
    return _refuse(f"记录里不能有 {type(value).__name__} 类型的值")


def _utf16(key: Any) -> bytes:
    if not isinstance(key, str):
        _refuse("记录的键必须是文字")
    return key.encode("utf-16-be", "surrogatepass")


def _refuse(message: str) -> NoReturn:
    raise AuditError(message, code="E-AUDIT-RECORD", remedy="没有写入；请检查调用方给出的字段")
