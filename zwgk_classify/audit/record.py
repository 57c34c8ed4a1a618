"""A decision or act as canonical bytes, field by field from an allow-list.

No quote, title, number, message or free text enters: only codes, positions, digests.
Source of the canonical form: RFC 8785, restricted to strings, integers, booleans and null.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zwgk_classify.errors import AuditError

SCHEMA = "zwgk.audit/1"
_LONGEST_CODE = 200


@dataclass(frozen=True, slots=True)
class Record:
    """One entry: its id (the key of idempotent retries) and its canonical bytes."""

    entry_id: str
    body: bytes

    @classmethod
    def of_proposal(
        cls,
        shape: Mapping[str, Any],
        *,
        entry_id: str,
        time: dt.datetime,
        actor: str,
        document_digest: str,
        length: int,
    ) -> Record:
        """The record of a proposal in its public JSON shape (``Proposal.to_dict()``).

        ``length`` is the size of the draft in bytes; ``document_digest`` a keyed digest.
        Raises: AuditError when a field is not of the kind the schema wants.
        """
        fields = {
            "schema": SCHEMA,
            "kind": "proposal",
            "entry_id": entry_id,
            "time": _instant(time),
            "actor": _code(actor),
            "document": {"digest": _code(document_digest), "length": length},
            "proposal": _proposal(shape),
        }
        return cls(entry_id, canonical(fields))

    @classmethod
    def parse(cls, body: bytes) -> Record:
        """The record stored as ``body``; fields of later schemas are kept as they are.

        Raises: AuditError when the bytes are not canonical JSON with an entry id.
        """
        try:
            fields = json.loads(body)
            entry_id = fields["entry_id"]
            if not isinstance(entry_id, str) or canonical(fields) != body:
                raise ValueError
        except (ValueError, KeyError, TypeError):
            raise AuditError("记录不是规范形式", code="E-AUDIT-RECORD") from None
        return cls(entry_id, body)

    @property
    def fields(self) -> dict[str, Any]:
        """The record as data."""
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


def canonical(value: Any) -> bytes:
    """Canonical JSON bytes of ``value``: sorted keys, no white space, no floating numbers.

    Raises: AuditError on a value whose form would depend on the machine.
    """
    _check(value)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8")


def document_digest(key: bytes, content: bytes) -> str:
    """Keyed digest of a draft: short or guessable texts cannot be confirmed by guessing."""
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def _check(value: Any) -> None:
    if value is None or isinstance(value, bool | str):
        return
    if isinstance(value, int):
        if abs(value) > 2**53:
            raise AuditError("整数超出规范范围", code="E-AUDIT-RECORD")
    elif isinstance(value, list | tuple):
        for member in value:
            _check(member)
    elif isinstance(value, dict):
        for key, member in value.items():
            if not isinstance(key, str):
                raise AuditError("键必须是文字", code="E-AUDIT-RECORD")
            _check(member)
    else:
        raise AuditError(f"记录里不能有 {type(value).__name__}", code="E-AUDIT-RECORD")


def _proposal(shape: Mapping[str, Any]) -> dict[str, Any]:
    model = shape["model"]
    return {
        "attribute": shape["attribute"],
        "status": _code(shape["status"]),
        "partial": bool(shape["partial"]),
        "grounds": [_ground(g) for g in shape["grounds"]],
        "must_publish": [_code(m["item"]) for m in shape["must_publish"]],
        "defects": [_code(d["code"]) for d in shape["defects"]],
        "review_reasons": [_code(r["code"]) for r in shape["review_reasons"]],
        "annual_report_code": shape["annual_report_code"],
        "model": None
        if model is None
        else {
            # Ten-thousandths, so that no floating number needs a canonical form.
            "probabilities": {
                _code(k): round(v * 10_000) for k, v in model["probabilities"].items()
            },
            "prediction_set": [_code(a) for a in model["prediction_set"]],
        },
        "versions": {_code(k): v for k, v in shape["versions"].items()},
        "as_of": _code(shape["as_of"]),
    }


def _ground(ground: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "item": _code(ground["item"]),
        "effect": _code(ground["effect"]),
        "source": _code(ground["source"]),
        "suppressed_by": ground["suppressed_by"],
        "basis": [
            [_code(b["law"]), _code(b["version"]), _code(b["article"])] for b in ground["basis"]
        ],
        "evidence": [
            [_code(e["part"]), int(e["start"]), int(e["end"])] for e in ground["evidence"]
        ],
    }


def _code(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_CODE:
        raise AuditError("记录字段应为短的代码", code="E-AUDIT-RECORD")
    return value


def _instant(time: dt.datetime) -> str:
    if time.tzinfo is None:
        raise AuditError("时间必须带时区", code="E-AUDIT-RECORD")
    return time.astimezone(dt.UTC).isoformat(timespec="microseconds")
