"""Merkle tree hashes and proofs (RFC 9162, 2.1), over stored perfect subtrees.

The tree keeps the hash of every perfect subtree by (level, index); appending, roots and
proofs then cost O(log n) look-ups.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from zwgk_classify.errors import AuditError

Lookup = Callable[[int, int], bytes]
ALGORITHMS = ("sha256", "sm3")


@dataclass(frozen=True, slots=True)
class Frontier:
    """The perfect subtrees that make up a tree of ``size`` leaves, the largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()


class Hasher:
    """Leaf and node hashes of one algorithm; a log has one algorithm for life."""

    def __init__(self, algorithm: str = "sha256") -> None:
        if algorithm not in ALGORITHMS:
            raise AuditError(
                f"不支持的摘要算法：{algorithm}",
                code="E-AUDIT-ALGORITHM",
                remedy=f"只能用 {'、'.join(ALGORITHMS)}",
            )
        # The named constructor is twice as fast as hashlib.new, where there is one.
        self._new = getattr(hashlib, algorithm, None) or partial(hashlib.new, algorithm)
        try:
            self._new(b"")
        except ValueError:
            raise AuditError(
                f"本机的密码库没有 {algorithm}", code="E-AUDIT-ALGORITHM", remedy="改用 sha256"
            ) from None
        self.algorithm = algorithm

    def digest(self, data: bytes) -> bytes:
        """Plain hash of ``data``."""
        value: bytes = self._new(data).digest()
        return value

    def leaf(self, data: bytes) -> bytes:
        """Hash of a leaf: prefix 0x00."""
        return self.digest(b"\x00" + data)

    def node(self, left: bytes, right: bytes) -> bytes:
        """Hash of an inner node: prefix 0x01."""
        return self.digest(b"\x01" + left + right)

    def grow(
        self, frontier: Frontier, leaf: bytes
    ) -> tuple[Frontier, list[tuple[int, int, bytes]]]:
        """One leaf more, with the subtrees it completes above itself as (level, index, hash)."""
        peaks = list(frontier.peaks)
        level, index, current = 0, frontier.size, leaf
        inner = []
        while index & 1:
            current = self.node(peaks.pop(), current)
            level, index = level + 1, index >> 1
            inner.append((level, index, current))
        peaks.append(current)
        return Frontier(frontier.size + 1, tuple(peaks)), inner

    def top(self, frontier: Frontier) -> bytes:
        """Root of the tree that has this frontier; the hash of nothing for an empty one."""
        if not frontier.peaks:
            return self.digest(b"")
        current = frontier.peaks[-1]
        for peak in reversed(frontier.peaks[:-1]):
            current = self.node(peak, current)
        return current

    def root(self, size: int, lookup: Lookup) -> bytes:
        """Root of the first ``size`` leaves; the hash of nothing for an empty tree."""
        return self.range_root(0, size, lookup) if size else self.digest(b"")

    def range_root(self, start: int, end: int, lookup: Lookup) -> bytes:
        """Root over leaves ``start`` to ``end``; ``start`` is aligned as RFC 9162 splits."""
        count = end - start
        if count & (count - 1) == 0 and start % count == 0:
            level = count.bit_length() - 1
            return lookup(level, start >> level)
        split = _split(count)
        left = self.range_root(start, start + split, lookup)
        return self.node(left, self.range_root(start + split, end, lookup))

    def completed(self, index: int, leaf: bytes, lookup: Lookup) -> list[tuple[int, int, bytes]]:
        """Perfect subtrees that leaf ``index`` completes, as (level, index, hash), leaf first."""
        found = [(0, index, leaf)]
        level, current = 0, leaf
        while index & 1:
            current = self.node(lookup(level, index - 1), current)
            level, index = level + 1, index >> 1
            found.append((level, index, current))
        return found

    def inclusion_proof(self, index: int, size: int, lookup: Lookup) -> list[bytes]:
        """Audit path of leaf ``index`` in a tree of ``size`` leaves (RFC 9162, 2.1.3.1)."""
        if not 0 <= index < size:
            raise AuditError("没有这一条记录", code="E-AUDIT-RANGE", remedy="核对记录的序号")
        return self._path(index, 0, size, lookup)

    def _path(self, index: int, start: int, end: int, lookup: Lookup) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*self._path(index, start, middle, lookup), self.range_root(middle, end, lookup)]
        return [*self._path(index, middle, end, lookup), self.range_root(start, middle, lookup)]

    def consistency_proof(self, old: int, new: int, lookup: Lookup) -> list[bytes]:
        """Proof that the tree of ``old`` leaves is a prefix of that of ``new`` (2.1.4.1)."""
        if not 0 <= old <= new:
            raise AuditError(
                "检查点的条数不在范围内", code="E-AUDIT-RANGE", remedy="核对检查点的条数"
            )
        if old == 0:
            return []
        return self._subproof(old, 0, new, lookup, whole=True)

    def _subproof(
        self, old: int, start: int, end: int, lookup: Lookup, *, whole: bool
    ) -> list[bytes]:
        if old == end - start:
            return [] if whole else [self.range_root(start, end, lookup)]
        split = _split(end - start)
        middle = start + split
        if old <= split:
            inner = self._subproof(old, start, middle, lookup, whole=whole)
            return [*inner, self.range_root(middle, end, lookup)]
        inner = self._subproof(old - split, middle, end, lookup, whole=False)
        return [*inner, self.range_root(start, middle, lookup)]

    def verify_inclusion(
        self, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
    ) -> bool:
        """Whether ``proof`` shows ``leaf`` at ``index`` under ``root`` (RFC 9162, 2.1.3.2)."""
        if not 0 <= index < size:
            return False
        fn, sn, current = index, size - 1, leaf
        for sibling in proof:
            if sn == 0:
                return False
            if fn & 1 or fn == sn:
                current = self.node(sibling, current)
                while not fn & 1 and fn:
                    fn, sn = fn >> 1, sn >> 1
            else:
                current = self.node(current, sibling)
            fn, sn = fn >> 1, sn >> 1
        return sn == 0 and current == root

    def verify_consistency(
        self, old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
    ) -> bool:
        """Whether ``proof`` shows the old tree to be a prefix of the new (RFC 9162, 2.1.4.2)."""
        if old == new:
            return not proof and old_root == new_root
        if old == 0 < new:
            return not proof and old_root == self.digest(b"")
        if not 0 < old < new or not proof:
            return False
        path = list(proof)
        if old & (old - 1) == 0:
            path.insert(0, old_root)
        fn, sn = old - 1, new - 1
        while fn & 1:
            fn, sn = fn >> 1, sn >> 1
        first = second = path[0]
        for sibling in path[1:]:
            if sn == 0:
                return False
            if fn & 1 or fn == sn:
                first, second = self.node(sibling, first), self.node(sibling, second)
                while not fn & 1 and fn:
                    fn, sn = fn >> 1, sn >> 1
            else:
                second = self.node(second, sibling)
            fn, sn = fn >> 1, sn >> 1
        return sn == 0 and first == old_root and second == new_root


def peak_places(size: int) -> list[tuple[int, int]]:
    """(level, index) of the perfect subtrees of a tree of ``size`` leaves, the largest first."""
    found, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def _split(count: int) -> int:
    """The largest power of two smaller than ``count``."""
    return 1 << (count - 1).bit_length() - 1
