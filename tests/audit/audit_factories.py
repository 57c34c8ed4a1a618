"""Makes records, and does to a stored log what an administrator with the file can do."""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
import uuid
from pathlib import Path
from typing import Any

from zwgk_classify.audit import AuditLog, AuditProblem, Checkpoint, Record

SIZE = 60
NOW = dt.datetime(2026, 9, 1, 8, 0, tzinfo=dt.UTC)


def make_shape(text: str = "词") -> dict[str, Any]:
    """A proposal's public JSON shape with ``text`` in every field that holds words."""
    place = {"part": "body", "start": 3, "end": 7, "quote": text}
    basis = {"law": "政府信息公开条例", "version": "2019", "article": "15"}
    ground = {
        "item": "third_party.personal",
        "name": text,
        "effect": "REDACT",
        "source": "rule",
        "suppressed_by": None,
        "basis": [basis],
        "evidence": [place],
    }
    return {
        "schema": "zwgk.proposal/1",
        "id": text,
        "attribute": "依申请公开",
        "status": "REVIEW",
        "partial": False,
        "grounds": [ground, {**ground, "suppressed_by": "G-TITLE"}],
        "must_publish": [{"item": "mp.budget", "name": text, "basis": [], "evidence": [place]}],
        "defects": [{"code": "D-NO-ATTRIBUTE", "message": text}],
        "review_reasons": [{"code": "R-UNREAD", "message": text}],
        "reasons": text,
        "annual_report_code": "3.3.8",
        "document": {
            "title": text,
            "doc_number": text,
            "genre": text,
            "date": text,
            "printed_attribute": text,
            "coverage": {"complete": False, "read": [text], "unread": [{"message": text}]},
        },
        "model": {
            "probabilities": {"主动公开": 0.1, "依申请公开": 0.85, "不予公开": 0.05},
            "prediction_set": ["依申请公开"],
        },
        "versions": {
            "zwgk_classify": "0.1.0",
            "negative_list": "sha256:" + "a" * 64,
            "model": None,
        },
        "as_of": "2026-09-01",
    }


def make_id(number: int) -> str:
    """A UUID4 that is always the same for a number."""
    return str(uuid.UUID(bytes=hashlib.sha256(b"%d" % number).digest()[:16], version=4))


def make_record(number: int, *, entry_id: str | None = None, **changes: Any) -> Record:
    """The ``number``-th record; its id depends on nothing else."""
    given: dict[str, Any] = {
        "entry_id": entry_id or make_id(number),
        "time": NOW + dt.timedelta(seconds=number),
        "actor": "drafter:1",
        "document_digest": f"{number:064x}",
        "length": 100 + number,
    }
    return Record.of_proposal(make_shape(), **{**given, **changes})


Change = tuple[str, tuple[object, ...]]


def tamper(path: Path, *changes: Change) -> None:
    """What an administrator can do: take the triggers away, change anything, put them back."""
    connection = sqlite3.connect(path)
    query = "SELECT name, sql FROM sqlite_master WHERE type='trigger'"
    triggers = connection.execute(query).fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for statement, values in changes:
        connection.execute(statement, values)
    for _, statement in triggers:
        connection.execute(statement)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def found_in(path: Path, *checkpoints: Checkpoint) -> tuple[AuditProblem, ...]:
    log = AuditLog.open(path, create=False)
    problems = log.verify(checkpoints).problems
    log.close()
    return problems
