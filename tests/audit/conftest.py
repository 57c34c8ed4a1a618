"""Fixtures: a sound log, and copies of it to spoil."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from audit_factories import SIZE, make_record

from zwgk_classify.audit import AuditLog


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed, sound log of 60 entries that no test may change."""
    path = tmp_path_factory.mktemp("pristine") / "log.db"
    log = AuditLog.open(path)
    for number in range(0, SIZE, 4):
        log.append_many([make_record(number + n) for n in range(4)])
    assert log.verify().ok
    log.close()
    return path


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Path], Path]:
    """Makes a copy of a log with its checkpoint, always in the same place."""

    def copy(source: Path) -> Path:
        target = tmp_path / source.name
        for suffix in ("-wal", "-shm"):
            Path(f"{target}{suffix}").unlink(missing_ok=True)
        for suffix in ("", ".checkpoint"):
            shutil.copyfile(f"{source}{suffix}", f"{target}{suffix}")
        return target

    return copy


@pytest.fixture
def filled(pristine: Path, copy_of: Callable[[Path], Path]) -> Path:
    """A copy of the log of 60 entries that the test may spoil."""
    return copy_of(pristine)
