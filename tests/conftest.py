"""Factories shared by the suite."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from zwgk_classify import Classifier, NegativeList

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def negative_list() -> NegativeList:
    return NegativeList.load()


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return Classifier.default()


@pytest.fixture(scope="session")
def today() -> dt.date:
    return dt.date(2026, 9, 1)


@pytest.fixture
def shared() -> Path:
    """Real published texts that lie outside the project; skipped loudly where they are absent."""
    if not SHARED.is_dir():
        pytest.skip("SKIPPED LOUDLY: the folder with real published documents is not here")
    return SHARED
