"""Saves and loads a model: parse inert, check the digest, then construct.

The shipped form is code-free: ``model.npz`` (arrays and thresholds, no pickle) and ``model.json`` (the card
with the digest). Format changes raise ``FORMAT`` and add an upgrade module beside this one.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from zwgk_classify.errors import ModelError
from zwgk_classify.model.features import FEATURES_VERSION, Vectorizer
from zwgk_classify.model.text_model import Calibration, TextModel
from zwgk_classify.resources import data_root

FORMAT = "zwgk.model/1"
_ARRAYS = "model.npz"
_CARD = "model.json"
_MAX_BYTES = 256 * 1024 * 1024


def save_model(model: TextModel, folder: Path, card: dict[str, Any]) -> str:
    """Write arrays and card to ``folder``; returns the digest (``sha256:…``).

    The same model gives the same bytes: the archive holds no time stamps.
    """
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    vectorizer = model.vectorizer
    _write_arrays(
        buffer,
        {
            "lexicon": np.frombuffer("\n".join(vectorizer.lexicon).encode(), dtype=np.uint8),
            "facts": np.frombuffer("\n".join(vectorizer.facts).encode(), dtype=np.uint8),
            "heads": np.frombuffer("\n".join(model.heads).encode(), dtype=np.uint8),
            "idf": vectorizer.idf,
            "weights": model.weights,
            "biases": model.biases,
            # Thresholds decide as much as weights do, so the digest covers them too.
            "calibration": np.frombuffer(
                json.dumps(dataclasses.asdict(model.calibration), sort_keys=True).encode(), np.uint8
            ),
        },
    )
    payload = buffer.getvalue()
    digest = f"sha256:{hashlib.sha256(payload).hexdigest()}"
    whole = {
        "format": FORMAT,
        "features": FEATURES_VERSION,
        "digest": digest,
        **card,
    }
    (folder / _ARRAYS).write_bytes(payload)
    text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / _CARD).write_text(text + "\n", encoding="utf-8")
    return digest


def load_model(folder: Path | None = None) -> TextModel:
    """The model in ``folder``, or the shipped one.

    Raises: ModelError when a file is missing, damaged, of another format, or does not match
    the digest in its card. Nothing of the file is used before the digest is checked.
    """
    root = folder or data_root("models")
    card = read_card(root)
    try:
        if (root / _ARRAYS).stat().st_size > _MAX_BYTES:
            raise ModelError("模型文件过大", code="E-MODEL-SIZE")
        payload = (root / _ARRAYS).read_bytes()
    except OSError as error:
        raise ModelError(
            f"读不到模型文件 {_ARRAYS}",
            code="E-MODEL-MISSING",
            remedy="重新安装，或运行 zwgk model train 重新训练",
        ) from error
    if f"sha256:{hashlib.sha256(payload).hexdigest()}" != card.get("digest"):
        raise ModelError(
            "模型文件与说明卡上的摘要不符，可能被改动或未下载完整",
            code="E-MODEL-DIGEST",
            remedy="不要使用该文件；重新安装或重新训练",
        )
    try:
        with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
            return _construct(dict(arrays), card)
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError("模型文件结构不对", code="E-MODEL-FORMAT") from error


def read_card(folder: Path | None = None) -> dict[str, Any]:
    """The model card as data.

    Raises: ModelError when it is missing, unreadable or of another format.
    """
    root = folder or data_root("models")
    try:
        card = json.loads((root / _CARD).read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(
            f"读不到模型说明卡 {_CARD}",
            code="E-MODEL-MISSING",
            remedy="重新安装，或运行 zwgk model train 重新训练",
        ) from error
    except ValueError as error:
        raise ModelError("模型说明卡不是有效的 JSON", code="E-MODEL-FORMAT") from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise ModelError("模型格式与本版本不符", code="E-MODEL-VERSION", remedy="重新训练模型")
    if card.get("features") != FEATURES_VERSION:
        raise ModelError(
            "模型的特征版本与本版本不符", code="E-MODEL-VERSION", remedy="重新训练模型"
        )
    return card


def _construct(arrays: dict[str, Any], card: dict[str, Any]) -> TextModel:
    def strings(name: str) -> list[str]:
        text = arrays[name].tobytes().decode("utf-8")
        return text.split("\n") if text else []

    vectorizer = Vectorizer(strings("lexicon"), strings("facts"), arrays["idf"])
    weights, biases, heads = arrays["weights"], arrays["biases"], strings("heads")
    if weights.shape != (vectorizer.size, len(heads)) or biases.shape != (len(heads),):
        raise ValueError("shapes disagree")
    calibration = Calibration(**json.loads(arrays["calibration"].tobytes()))
    return TextModel(vectorizer, heads, weights, biases, calibration, card["digest"])


def _write_arrays(buffer: io.BytesIO, arrays: dict[str, Any]) -> None:
    """An .npz whose bytes depend on the arrays alone (numpy's own writer stamps the time)."""
    import zipfile

    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.save(member, np.ascontiguousarray(array), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, member.getvalue())
