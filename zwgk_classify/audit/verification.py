"""Recompute a whole log from its stored entries and say what is wrong, and where."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from zwgk_classify.audit.checkpoint import Checkpoint
from zwgk_classify.audit.merkle import Frontier, Hasher
from zwgk_classify.audit.store import Row

_MOST = 1000


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """One thing verification found; ``seq`` counts entries from 1."""

    code: str
    message: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of verifying a whole log of ``size`` entries."""

    size: int
    problems: tuple[AuditProblem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Replay:
    """What walking all entries gave: their number, roots at the wanted sizes, problems."""

    size: int
    roots: dict[int, bytes]
    problems: tuple[AuditProblem, ...]


class Findings:
    """Problems in the order found, without repeats; what exceeds the limit is counted."""

    def __init__(self) -> None:
        self._kept: dict[AuditProblem, None] = {}
        self._more = 0

    def add(self, code: str, message: str, seq: int | None = None) -> None:
        """Note one problem."""
        if len(self._kept) < _MOST:
            self._kept[AuditProblem(code, message, seq)] = None
        else:
            self._more += 1

    def all(self) -> tuple[AuditProblem, ...]:
        """Everything noted."""
        if not self._more:
            return tuple(self._kept)
        rest = AuditProblem("E-AUDIT-MORE", f"另有 {self._more} 处问题未列出")
        return (*self._kept, rest)


def replay(
    hasher: Hasher,
    rows: Iterable[Row],
    nodes: Iterable[tuple[Any, Any, Any, Any]],
    sizes: set[int],
) -> Replay:
    """Walk entries and subtrees once, in constant memory.

    Every entry is compared with its own hash and id, linked to the stored hash of the one
    before it, and put into a new tree, whose subtrees are compared with the stored ones. When
    all links hold, the whole chain holds, by induction from the empty start.
    """
    findings = Findings()
    tree = _StoredTree(nodes, findings)
    links = _Links(hasher, findings)
    frontier, expected = Frontier(), 0
    roots = {0: hasher.top(frontier)}
    for row in rows:
        if row.seq < expected:
            findings.add("E-AUDIT-INSERTED", "序号为负：有记录被插入", row.seq + 1)
        elif row.seq > expected:
            lost = row.seq - expected
            findings.add("E-AUDIT-DELETED", f"缺 {lost} 条：记录被删除", expected + 1)
        expected = max(row.seq + 1, 0)
        leaf = links.check(row)
        frontier, inner = hasher.grow(frontier, leaf)
        for level, index, value in inner:
            tree.check(frontier.size, level, index, value)
        if frontier.size in sizes:
            roots[frontier.size] = hasher.top(frontier)
    tree.finish()
    roots[frontier.size] = hasher.top(frontier)
    return Replay(frontier.size, roots, findings.all())


def against(
    checkpoint: Checkpoint, origin: str, algorithm: str, walked: Replay
) -> Iterator[AuditProblem]:
    """What contradicts a checkpoint: another log, a cut tail, other entries before its end."""
    if checkpoint.origin != origin:
        yield AuditProblem("E-AUDIT-ORIGIN", "检查点属于另一本日志，或日志名被改动")
    elif checkpoint.algorithm != algorithm:
        yield AuditProblem("E-AUDIT-ALGORITHM", "检查点与日志的摘要算法不同")
    elif checkpoint.size > walked.size:
        lost = checkpoint.size - walked.size
        message = f"日志被截短：比第 {checkpoint.size} 条处的检查点少 {lost} 条"
        yield AuditProblem("E-AUDIT-TRUNCATED", message, walked.size + 1)
    elif walked.roots[checkpoint.size] != checkpoint.root:
        message = f"前 {checkpoint.size} 条与检查点不符：记录被改写、删除、插入或调换"
        yield AuditProblem("E-AUDIT-REWRITTEN", message)


class _Links:
    """Compares each entry with its hash, its id and the entry before it."""

    def __init__(self, hasher: Hasher, findings: Findings) -> None:
        self._hasher = hasher
        self._findings = findings
        self._start = b""  # chain hash before the previous entry
        self._chain = b""  # stored chain hash of the previous entry
        self._leaf = b""  # recomputed leaf hash of the previous entry
        self._seq = -1

    def check(self, row: Row) -> bytes:
        """The recomputed leaf hash of ``row``; problems go to the findings."""
        body = row.body if isinstance(row.body, bytes) else repr(row.body).encode()
        chain = row.chain_hash if isinstance(row.chain_hash, bytes) else b""
        leaf = self._hasher.leaf(body)
        seq = row.seq + 1
        if leaf != row.leaf_hash or not isinstance(row.body, bytes):
            self._findings.add("E-AUDIT-CHANGED", "内容与其散列不符：记录被改动", seq)
        if _entry_id(body) != row.entry_id:
            self._findings.add("E-AUDIT-CHANGED", "记录编号与内容不符：记录被改动", seq)
        reached = chain
        if self._link(self._chain, leaf) != chain:
            reached = self._explain(row, leaf, chain)
        self._start, self._chain, self._leaf, self._seq = self._chain, reached, leaf, seq
        return leaf

    def _explain(self, row: Row, leaf: bytes, chain: bytes) -> bytes:
        """Name the act that explains a broken link, where one entry more or less does.

        Returns the chain hash from which the next entry should go on.
        """
        seq, before = row.seq + 1, self._seq
        first = before < 0
        if not first and self._link(chain, self._leaf) == self._chain:
            self._findings.add("E-AUDIT-REORDERED", "与下一条的次序被调换", before)
            return self._chain
        if not first and self._link(self._start, leaf) == self._chain:
            self._findings.add("E-AUDIT-REORDERED", "与下一条的内容被调换", before)
        elif not first and self._link(self._start, leaf) == chain:
            self._findings.add("E-AUDIT-INSERTED", "此条不属于原来的链：记录被插入", before)
        elif isinstance(row.leaf_hash, bytes) and self._link(self._chain, row.leaf_hash) == chain:
            pass  # The link is whole; the body alone was changed, and has been reported.
        else:
            message = "与前一条的链接不符：此处或之前有记录被改动、删除、插入或调换"
            self._findings.add("E-AUDIT-CHAIN", message, seq)
        return chain

    def _link(self, chain: bytes, leaf: bytes) -> bytes:
        return self._hasher.digest(chain + leaf)


class _StoredTree:
    """Compares stored subtrees with recomputed ones; both come in the order of completion."""

    def __init__(self, nodes: Iterable[tuple[Any, Any, Any, Any]], findings: Findings) -> None:
        self._nodes = iter(nodes)
        self._findings = findings
        self._next = next(self._nodes, None)

    def check(self, end: int, level: int, index: int, value: bytes) -> None:
        """Compare the one subtree that ends with entry ``end`` at ``level``."""
        while self._next is not None and _place(self._next) < (end, level):
            self._surplus()
        if self._next is None or self._next[:3] != (end, level, index):
            self._findings.add("E-AUDIT-TREE", "散列树缺节点", end)
            return
        if self._next[3] != value:
            self._findings.add("E-AUDIT-TREE", "散列树的节点与记录不符", end)
        self._next = next(self._nodes, None)

    def finish(self) -> None:
        """Whatever is left belongs to no entry."""
        while self._next is not None:
            self._surplus()

    def _surplus(self) -> None:
        self._findings.add("E-AUDIT-TREE", "散列树有不属于任何记录的节点")
        self._next = next(self._nodes, None)


def _place(node: tuple[Any, Any, Any, Any]) -> tuple[int, int]:
    end, level = node[:2]
    return (end, level) if isinstance(end, int) and isinstance(level, int) else (-1, -1)


def _entry_id(body: bytes) -> object:
    """The id inside ``body``; ``None`` when there is none."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return fields.get("entry_id") if isinstance(fields, dict) else None
