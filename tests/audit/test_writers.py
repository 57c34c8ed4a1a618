"""Several processes write one log, and processes die at any moment."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from audit_factories import make_id, make_record

from zwgk_classify.audit import AuditLog

WRITERS = 4
EACH = 50
ROUNDS = 20


def write_some(path: str, writer: int) -> None:
    """In a process of its own: founds the log if it is the first, then appends."""
    log = AuditLog.open(path)
    for number in range(EACH):
        log.append(make_record(writer * 1000 + number))


def test_four_processes_make_one_log_without_gap_or_duplicate(tmp_path: Path) -> None:
    path = str(tmp_path / "log.db")
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_some, args=(path, w)) for w in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [w.exitcode for w in writers] == [0] * WRITERS
    log = AuditLog.open(path)
    result = log.verify()
    assert result.problems == ()
    assert result.size == WRITERS * EACH
    ids = [r.entry_id for r in log.entries()]
    assert sorted(ids) == sorted(make_id(w * 1000 + n) for w in range(WRITERS) for n in range(EACH))
    for writer in range(WRITERS):
        own = [ids.index(make_id(writer * 1000 + n)) for n in range(EACH)]
        assert own == sorted(own)


KILLED = """
import sys
from audit_factories import make_record
from zwgk_classify.audit import AuditLog
log, first = AuditLog.open(sys.argv[1]), int(sys.argv[2])
for n in range(first, first + 100_000):
    print(log.append(make_record(n)).entry_id, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
def test_what_was_acknowledged_survives_kills(tmp_path: Path) -> None:
    path, chance = tmp_path / "log.db", random.Random(6)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    acknowledged: list[str] = []
    for number in range(ROUNDS):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(path), str(number * 100_000)],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert process.stdout is not None
        # Every other round may be hit while the log is opened or founded.
        if number % 2:
            acknowledged.append(process.stdout.readline().strip())
            time.sleep(chance.uniform(0, 0.2))
        else:
            time.sleep(chance.uniform(0.1, 1.2))
        process.kill()
        acknowledged += [s.strip() for s in process.stdout.readlines() if s.endswith("\n")]
        process.wait()
        process.stdout.close()
        if path.exists() and acknowledged:
            log = AuditLog.open(path)
            assert log.verify().problems == ()
            assert set(acknowledged) <= {r.entry_id for r in log.entries()}
            log.close()
    assert len(acknowledged) > ROUNDS
