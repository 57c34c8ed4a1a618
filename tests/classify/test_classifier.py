"""Faults at every seam become bounds; the same draft gives the same bytes."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from zwgk_classify import Attribute, Classifier, NegativeList, Status, read_document
from zwgk_classify.model import load_model

NOTICE = "关于开展全民健身活动的通知\n\n各县、区体育局：\n定于8月8日举办健步走，欢迎市民参加。\n\n某市体育局\n2025年7月1日"
REQUEST = (
    "关于申请经费的请示\n\n市人民政府：\n缺口八十万元。妥否，请批示。\n\n某县人民政府\n2025年7月1日"
)


class Broken:
    """Stands for a list or a model that fails while it works."""

    digest = "sha256:broken"

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)


def test_a_failing_list_never_opens(classifier: Classifier) -> None:
    broken = Classifier(Broken(), load_model())  # type: ignore[arg-type]
    for text in (NOTICE, REQUEST):
        result = broken.classify(text)
        assert result.status is Status.REVIEW
        assert "F-RULES" in {r.code for r in result.review_reasons}


def test_a_failing_model_never_opens(negative_list: NegativeList) -> None:
    broken = Classifier(negative_list, Broken())  # type: ignore[arg-type]
    assert broken.classify(NOTICE).status is Status.REVIEW
    assert broken.classify(REQUEST).attribute is Attribute.WITHHELD


def test_a_failing_reader_never_opens(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("zwgk_classify.classify.classifier.read_document", fail)
    result = classifier.classify(NOTICE)
    assert (result.attribute, result.status) == (None, Status.REVIEW)


@pytest.mark.parametrize("draft", [NOTICE, NOTICE.encode(), NOTICE.encode("gb18030")])
def test_text_bytes_and_documents_say_the_same(classifier: Classifier, draft: object) -> None:
    expected = classifier.classify(read_document(NOTICE)).to_dict()
    assert classifier.classify(draft).to_dict() == expected  # type: ignore[arg-type]


def test_as_of_is_the_documents_date_and_never_tomorrow(negative_list: NegativeList) -> None:
    clock = Classifier(negative_list, None, today=lambda: dt.date(2026, 9, 1))
    assert clock.classify(NOTICE).as_of == dt.date(2025, 7, 1)
    assert clock.classify(NOTICE.replace("2025年7月1日", "2031年7月1日")).as_of == dt.date(
        2026, 9, 1
    )
    assert clock.classify(NOTICE, as_of=dt.date(2020, 1, 1)).as_of == dt.date(2020, 1, 1)


def test_same_bytes_in_other_processes_and_hash_seeds(
    classifier: Classifier, tmp_path: Path
) -> None:
    """Law 8: byte for byte."""
    path = tmp_path / "d.txt"
    path.write_text(REQUEST, encoding="utf-8")
    code = (
        "import sys,json;from pathlib import Path;from zwgk_classify import Classifier;"
        "sys.stdout.buffer.write(json.dumps(Classifier.default().classify(Path(sys.argv[1])).to_dict()).encode())"
    )
    expected = json.dumps(classifier.classify(path).to_dict()).encode()
    for seed in ("0", "1", "77"):
        got = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        )
        assert got.stdout == expected


def test_threads_share_one_classifier(classifier: Classifier) -> None:
    expected = classifier.classify(REQUEST).to_dict()
    results: list[dict[str, object]] = []
    threads = [
        threading.Thread(target=lambda: results.append(classifier.classify(REQUEST).to_dict()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8


def test_no_word_of_a_draft_reaches_the_log_output(
    classifier: Classifier, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    classifier.classify(REQUEST)
    assert not any("经费" in r.getMessage() for r in caplog.records)
