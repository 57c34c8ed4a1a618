"""Loading a model is three acts: parse inert, check the digest, construct."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from zwgk_classify import Classifier, Status
from zwgk_classify.errors import ModelError
from zwgk_classify.model import load_model
from zwgk_classify.resources import data_root

NOTICE = "关于开展全民健身活动的通知\n\n各单位：\n定于8月8日举办健步走，欢迎市民参加。\n\n某市体育局\n2025年7月1日"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("model.npz", "model.json"):
        shutil.copy(data_root("models") / name, tmp_path / name)
    return tmp_path


def refused(folder: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load_model(folder)
    return caught.value.code


def test_the_shipped_model_loads_and_names_its_digest() -> None:
    assert (
        load_model().digest
        == json.loads((data_root("models") / "model.json").read_text())["digest"]
    )


def test_one_changed_byte_is_refused(folder: Path) -> None:
    data = bytearray((folder / "model.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "model.npz").write_bytes(data)
    assert refused(folder) == "E-MODEL-DIGEST"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("model.npz", None, "E-MODEL-MISSING"),
        ("model.json", None, "E-MODEL-MISSING"),
        ("model.json", "{", "E-MODEL-FORMAT"),
        ("model.json", '{"format": "zwgk.model/9"}', "E-MODEL-VERSION"),
    ],
)
def test_missing_broken_and_foreign_files_are_refused(
    folder: Path, name: str, content: str | None, code: str
) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_text(content)
    assert refused(folder) == code


def test_a_pickle_inside_is_never_loaded(folder: Path) -> None:
    """A hostile archive whose card was forged too still runs no code."""
    import hashlib

    np.savez(folder / "evil.npz", lexicon=np.array([object()], dtype=object))
    payload = (folder / "evil.npz").read_bytes()
    (folder / "model.npz").write_bytes(payload)
    card = json.loads((folder / "model.json").read_text())
    card["digest"] = f"sha256:{hashlib.sha256(payload).hexdigest()}"
    (folder / "model.json").write_text(json.dumps(card))
    assert refused(folder) == "E-MODEL-FORMAT"


def test_without_a_model_everything_asks_for_a_person(tmp_path: Path) -> None:
    """Fail closed: a missing model never reads as 'nothing found'."""
    result = Classifier.load(model_root=tmp_path).classify(NOTICE)
    assert result.status is Status.REVIEW
    assert {"R-MODEL-MISSING", "E-MODEL-MISSING"} <= {r.code for r in result.review_reasons}
