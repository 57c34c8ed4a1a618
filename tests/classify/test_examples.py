"""The sample drafts: every planted ground is found at its place, public ones stay open."""

from __future__ import annotations

from pathlib import Path

import pytest

from zwgk_classify import Attribute, Classifier, Status

FOLDER = Path(__file__).resolve().parents[2] / "examples"
PLANTED = [
    ("03", "process.request_report", "妥否，请批示"),
    ("05", "third_party.trade_secret", "先升温至95度搅拌四十分钟再冷压"),
    ("06", "third_party.privacy", "330902196811054627"),
    ("07", "enforcement_file.inspection", "被查名单共12户"),
    ("08", "internal_affairs.logistics", "停车位临时调整到北院"),
    ("09", "scope.not_gov_info", "中共霁川市委办公室文件"),
    ("11", "process.consultation_letter", "如无不便，请于9月10日前函复"),
    ("13", "three_securities.social_stability", "牵头闹事的四名车主由专人盯住"),
    ("15", "statutory_ban.bidding", "领走采购文件的有五家"),
]
OPEN = ["01", "02", "04", "12", "14"]


def draft(number: str) -> Path:
    return next(FOLDER.glob(f"{number}-*"))


@pytest.mark.parametrize(("number", "item", "passage"), PLANTED)
def test_planted_ground_with_overlapping_evidence(
    classifier: Classifier, number: str, item: str, passage: str
) -> None:
    path = draft(number)
    start = path.read_text(encoding="utf-8").index(passage)
    proposal = classifier.classify(path)
    spans = [e.span for g in proposal.effective_grounds if g.item == item for e in g.evidence]
    assert any(s.start < start + len(passage) and start < s.end for s in spans), (
        proposal.effective_grounds
    )
    assert proposal.status is Status.REVIEW


@pytest.mark.parametrize("number", OPEN)
def test_public_drafts_are_open_without_review(classifier: Classifier, number: str) -> None:
    """Law 5: an ordinary public notice comes out open and clear, not hidden behind review."""
    proposal = classifier.classify(draft(number))
    assert (proposal.attribute, proposal.status) == (Attribute.PROACTIVE, Status.PROPOSED), (
        proposal.review_reasons
    )


def test_the_marked_draft_is_blocked_and_leaves_no_text(classifier: Classifier) -> None:
    shape = classifier.classify(draft("10")).to_dict()
    assert shape["status"] == "BLOCKED"
    assert shape["attribute"] is None
    assert "演示" not in str(shape)
    assert [g["item"] for g in shape["grounds"]] == ["state_secret.marked"]


def test_personal_data_in_a_public_list_is_masked_not_withheld(classifier: Classifier) -> None:
    proposal = classifier.classify(draft("06"))
    assert proposal.attribute is Attribute.PROACTIVE
    assert proposal.partial
