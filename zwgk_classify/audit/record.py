"""A decision or act as canonical bytes, field by field from an allow-list.

No quote, title, document number, message or free text enters: only codes, places, digests.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from zwgk_classify.audit.canonical import canonical, parse_canonical
from zwgk_classify.domain.finding import Source
from zwgk_classify.domain.scales import Attribute, Effect, Status
from zwgk_classify.errors import AuditError

__all__ = ["LARGEST_BODY", "SCHEMA", "Record", "canonical", "document_digest"]

SCHEMA = "zwgk.audit/1"
# Bytes; a draft with ten thousand places of evidence needs about a third of a megabyte.
LARGEST_BODY = 4 * 2**20
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+~-]{0,119}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LONGEST_LABEL = 80


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
        entry_id: str | None = None,
        time: dt.datetime,
        actor: str,
        document_digest: str,
        length: int,
    ) -> Record:
        """The record of a proposal in its public JSON shape (``Proposal.to_dict()``).

        ``entry_id`` is a UUID4, made here if not given; ``time`` is the caller's clock, with
        time zone; ``length`` is the draft's size in bytes; ``document_digest`` is keyed
        (``AuditLog.document_digest``).
        Raises: AuditError (E-AUDIT-RECORD) when a field is not what the schema wants; no
        message repeats a value.
        """
        identifier = str(uuid.uuid4()) if entry_id is None else _uuid(entry_id)
        try:
            proposal = _proposal(shape)
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
            raise _unfit("proposal") from None
        fields = {
            "schema": SCHEMA,
            "kind": "proposal",
            "entry_id": identifier,
            "time": _instant(time),
            "actor": _label(actor, "actor"),
            "document": {
                "digest": _digest(document_digest),
                "length": _count(length, "length"),
            },
            "proposal": proposal,
        }
        body = canonical(fields)
        if len(body) > LARGEST_BODY:
            raise _unfit("proposal")
        return cls(identifier, body)

    @classmethod
    def parse(cls, body: bytes) -> Record:
        """The record stored as ``body``; fields of later schemas are kept as they are.

        Raises: AuditError (E-AUDIT-RECORD) when the bytes are not canonical or name no entry.
        """
        fields = parse_canonical(body)
        entry_id = fields.get("entry_id") if isinstance(fields, dict) else None
        if not isinstance(entry_id, str):
            raise _unfit("entry_id")
        return cls(entry_id, body)

    @property
    def fields(self) -> dict[str, Any]:
        """The record as data."""
        parsed: dict[str, Any] = parse_canonical(self.body)
        return parsed


def document_digest(key: bytes, content: bytes) -> str:
    """Keyed digest of a draft (HMAC-SHA-256, RFC 2104): guesses cannot be confirmed without key."""
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def _proposal(shape: Mapping[str, Any]) -> dict[str, Any]:
    code = shape["annual_report_code"]
    attribute = shape["attribute"]
    return {
        "attribute": None if attribute is None else _member(Attribute, attribute),
        "status": _member(Status, shape["status"]),
        "partial": _truth(shape["partial"]),
        "grounds": [_ground(g) for g in shape["grounds"]],
        "must_publish": [_code(m["item"], "must_publish") for m in shape["must_publish"]],
        "defects": [_code(d["code"], "defects") for d in shape["defects"]],
        "review_reasons": [_code(r["code"], "review_reasons") for r in shape["review_reasons"]],
        "annual_report_code": None if code is None else _code(code, "annual_report_code"),
        "model": None if shape["model"] is None else _model(shape["model"]),
        "versions": {
            _code(k, "versions"): None if v is None else _code(v, "versions")
            for k, v in shape["versions"].items()
        },
        "as_of": dt.date.fromisoformat(shape["as_of"]).isoformat(),
    }


def _ground(ground: Mapping[str, Any]) -> dict[str, Any]:
    guard = ground["suppressed_by"]
    return {
        "item": _code(ground["item"], "item"),
        "effect": _member(Effect, ground["effect"]),
        "source": _member(Source, ground["source"]),
        "suppressed_by": None if guard is None else _code(guard, "suppressed_by"),
        "basis": [
            [_label(b[name], "basis") for name in ("law", "version", "article")]
            for b in ground["basis"]
        ],
        "evidence": [
            [_code(e["part"], "part"), _count(e["start"], "start"), _count(e["end"], "end")]
            for e in ground["evidence"]
        ],
    }


def _model(model: Mapping[str, Any]) -> dict[str, Any]:
    """Probabilities in ten-thousandths, so that no floating number needs a canonical form."""
    return {
        "probabilities": {
            _member(Attribute, k): _ten_thousandths(v) for k, v in model["probabilities"].items()
        },
        "prediction_set": [_member(Attribute, a) for a in model["prediction_set"]],
    }


def _ten_thousandths(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _unfit("probabilities")
    return round(value * 10_000)


def _member(kind: type[Enum], value: Any) -> str:
    return str(kind(value).value)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _unfit("partial")
    return value


def _count(value: Any, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _unfit(field)
    return value


def _code(value: Any, field: str) -> str:
    """An identifier in ASCII: no sentence of a draft passes as one."""
    if not isinstance(value, str) or _CODE.fullmatch(value) is None:
        raise _unfit(field)
    return value


def _label(value: Any, field: str) -> str:
    """A short name (of a statute, of an actor), which may be Chinese."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_LABEL:
        raise _unfit(field)
    if not value.isprintable():
        raise _unfit(field)
    return value


def _digest(value: Any) -> str:
    if not isinstance(value, str) or _DIGEST.fullmatch(value) is None:
        raise _unfit("document_digest")
    return value


def _uuid(value: Any) -> str:
    """A UUID4 as given: one derived from the draft could be confirmed by guessing."""
    try:
        parsed = uuid.UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise _unfit("entry_id") from None
    if str(parsed) != value or parsed.version != 4:
        raise _unfit("entry_id")
    return str(parsed)


def _instant(time: dt.datetime) -> str:
    if not isinstance(time, dt.datetime) or time.utcoffset() is None:
        raise _unfit("time")
    return time.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _unfit(field: str) -> AuditError:
    return AuditError(
        f"记录的字段 {field} 不合格式",
        code="E-AUDIT-RECORD",
        remedy="没有写入；记录只收代码、位置和摘要，不收文字",
    )
