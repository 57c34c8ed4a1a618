"""A record carries codes, positions and digests, and no word of the document."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from audit_factories import NOW, make_id, make_record, make_shape
from hypothesis import given
from hypothesis import strategies as st

from zwgk_classify import Classifier
from zwgk_classify.audit import AuditLog, Record
from zwgk_classify.audit.canonical import canonical
from zwgk_classify.audit.record import document_digest
from zwgk_classify.errors import AuditError

DRAFT = """关于袖珍燕雀工程资金的请示

琥珀县人民政府：

袖珍燕雀工程尚缺资金，举报人霍某某，身份证号330102196507281245。妥否，请批示。

翡翠镇人民政府
2025年3月1日
（此件不予公开）
"""
CANARIES = ["袖珍燕雀", "琥珀", "翡翠", "霍某某", "330102196507281245", "妥否"]


def test_no_word_of_the_document_reaches_any_file(tmp_path: Path, classifier: Classifier) -> None:
    log = AuditLog.open(tmp_path / "log.db")
    shape = classifier.classify(DRAFT, identifier="袖珍燕雀.txt").to_dict()
    assert any(c in str(shape) for c in CANARIES)
    log.append(
        Record.of_proposal(
            shape,
            entry_id=make_id(1),
            time=NOW,
            actor="drafter:1",
            document_digest=log.document_digest(DRAFT.encode()),
            length=len(DRAFT),
        )
    )
    stored = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    for canary in CANARIES:
        for form in (canary, canary.encode("unicode_escape").decode()):
            assert form.encode() not in stored, canary


WORDY: list[tuple[str, object]] = [
    ("attribute", "全部公开"),
    ("status", "DONE"),
    ("partial", "是"),
    ("grounds", [{}]),
    ("must_publish", [{"item": "一段正文"}]),
    ("defects", [{"code": "一段正文", "message": ""}]),
    ("review_reasons", [{"code": "words with spaces"}]),
    ("annual_report_code", "正文"),
    ("versions", {"model": "正文"}),
    ("versions", {"正文": None}),
    ("as_of", "今天"),
    ("model", {"probabilities": {"主动公开": float("nan")}, "prediction_set": []}),
    ("model", {"probabilities": {"主动公开": 1.5}, "prediction_set": []}),
    ("model", {"probabilities": {}, "prediction_set": ["正文"]}),
    ("model", []),
    ("grounds", None),
]


@pytest.mark.parametrize(("field", "value"), WORDY)
def test_a_field_of_another_kind_is_refused_without_being_repeated(
    field: str, value: object
) -> None:
    shape = {**make_shape(), field: value}
    with pytest.raises(AuditError) as caught:
        Record.of_proposal(shape, time=NOW, actor="a", document_digest="0" * 64, length=1)
    assert caught.value.code == "E-AUDIT-RECORD"
    assert "正文" not in str(caught.value)
    without = {k: v for k, v in make_shape().items() if k != field}
    with pytest.raises(AuditError):
        Record.of_proposal(without, time=NOW, actor="a", document_digest="0" * 64, length=1)


@pytest.mark.parametrize(
    "change",
    [
        {"entry_id": "e1"},
        {"entry_id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
        {"time": dt.datetime(2026, 9, 1)},
        {"time": "2026-09-01"},
        {"actor": ""},
        {"actor": "a\nb"},
        {"actor": "a" * 81},
        {"document_digest": "正文"},
        {"document_digest": "A" * 64},
        {"length": -1},
        {"length": True},
        {"length": 1.5},
    ],
)
def test_arguments_are_held_to_their_form(change: dict[str, object]) -> None:
    with pytest.raises(AuditError) as caught:
        make_record(1, **change)
    assert caught.value.code == "E-AUDIT-RECORD"


def test_the_fields_of_a_record() -> None:
    """What the schema zwgk.audit/1 holds, in full."""
    east = dt.timezone(dt.timedelta(hours=8))
    time = dt.datetime(2026, 9, 1, 16, 0, 0, 5, tzinfo=east)
    basis = [["政府信息公开条例", "2019", "15"]]
    ground = {
        "item": "third_party.personal",
        "effect": "REDACT",
        "source": "rule",
        "suppressed_by": None,
        "basis": basis,
        "evidence": [["body", 3, 7]],
    }
    assert make_record(1, time=time).fields == {
        "schema": "zwgk.audit/1",
        "kind": "proposal",
        "entry_id": make_id(1),
        "time": "2026-09-01T08:00:00.000005Z",
        "actor": "drafter:1",
        "document": {"digest": f"{1:064x}", "length": 101},
        "proposal": {
            "attribute": "依申请公开",
            "status": "REVIEW",
            "partial": False,
            "grounds": [ground, {**ground, "suppressed_by": "G-TITLE"}],
            "must_publish": ["mp.budget"],
            "defects": ["D-NO-ATTRIBUTE"],
            "review_reasons": ["R-UNREAD"],
            "annual_report_code": "3.3.8",
            "model": {
                "probabilities": {"主动公开": 1000, "依申请公开": 8500, "不予公开": 500},
                "prediction_set": ["依申请公开"],
            },
            "versions": {
                "zwgk_classify": "0.1.0",
                "negative_list": "sha256:" + "a" * 64,
                "model": None,
            },
            "as_of": "2026-09-01",
        },
    }


def test_an_id_is_made_where_none_is_given() -> None:
    made = {
        Record.of_proposal(
            make_shape(), time=NOW, actor="a", document_digest="0" * 64, length=1
        ).entry_id
        for _ in range(3)
    }
    assert len(made) == 3
    assert make_record(1) == make_record(1)


def test_a_blocked_proposal_can_be_recorded() -> None:
    blocked = {
        **make_shape(), "attribute": None, "status": "BLOCKED", "model": None,
        "annual_report_code": None, "grounds": [], "must_publish": [], "defects": [],
    }  # fmt: skip
    record = Record.of_proposal(blocked, time=NOW, actor="a", document_digest="0" * 64, length=1)
    assert record.fields["proposal"]["attribute"] is None


def test_the_digest_is_a_keyed_one() -> None:
    """RFC 4231, test case 2."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert document_digest(b"Jefe", b"what do ya want for nothing?") == expected


@given(
    st.dictionaries(
        st.text("abc", max_size=5), st.none() | st.integers(0, 9) | st.text("字x"), max_size=4
    )
)
def test_unknown_fields_of_a_later_schema_come_through_unchanged(fields: dict[str, object]) -> None:
    body = canonical({**fields, "entry_id": "e", "schema": "zwgk.audit/9"})
    parsed = Record.parse(body)
    assert parsed.body == body
    assert canonical(parsed.fields) == body
    assert fields.items() <= parsed.fields.items()


@pytest.mark.parametrize("body", [b"{}", b"x", b'{"entry_id":1}', b'{ "entry_id":"a"}', b"[]"])
def test_bytes_that_are_not_canonical_are_refused(body: bytes) -> None:
    with pytest.raises(AuditError):
        Record.parse(body)
