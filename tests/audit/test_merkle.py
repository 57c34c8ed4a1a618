"""The tree hashes as RFC 9162 says, and its proofs accept nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_classify.audit.merkle import Frontier, Hasher, peak_places
from zwgk_classify.errors import AuditError

# The eight leaves and roots of the reference tests of Certificate Transparency.
LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Tree:
    """An in-memory tree of perfect subtrees."""

    def __init__(self, leaves: list[bytes], hasher: Hasher | None = None) -> None:
        self.hasher = hasher or Hasher()
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.leaves = [self.hasher.leaf(x) for x in leaves]
        for index, leaf in enumerate(self.leaves):
            for level, position, value in self.hasher.completed(index, leaf, self.lookup):
                self.nodes[level, position] = value

    def lookup(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def root(self, size: int) -> bytes:
        return self.hasher.root(size, self.lookup)


def naive_root(hasher: Hasher, leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hasher.digest(b"")
    if len(leaves) == 1:
        return hasher.leaf(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hasher.node(naive_root(hasher, leaves[:split]), naive_root(hasher, leaves[split:]))


def test_published_vectors() -> None:
    tree = Tree([bytes.fromhex(x) for x in LEAVES])
    assert [tree.root(n + 1).hex() for n in range(8)] == ROOTS
    assert tree.root(0).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_roots_equal_the_definition(leaves: list[bytes]) -> None:
    tree = Tree(leaves)
    assert tree.root(len(leaves)) == naive_root(tree.hasher, leaves)


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40), st.data())
def test_proofs_hold_for_the_right_leaf_only(leaves: list[bytes], data: st.DataObject) -> None:
    tree, size = Tree(leaves), len(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = tree.hasher.inclusion_proof(index, size, tree.lookup)
    root = tree.root(size)
    assert tree.hasher.verify_inclusion(tree.leaves[index], index, size, proof, root)
    assert not tree.hasher.verify_inclusion(
        tree.hasher.leaf(b"other-leaf"), index, size, proof, root
    )
    assert not tree.hasher.verify_inclusion(tree.leaves[index], index, size, [*proof, root], root)
    old = data.draw(st.integers(1, size))
    consistent = tree.hasher.consistency_proof(old, size, tree.lookup)
    assert tree.hasher.verify_consistency(old, size, consistent, tree.root(old), root)
    if old < size:
        forged = tree.hasher.digest(b"forged")
        assert not tree.hasher.verify_consistency(old, size, consistent, forged, root)
        assert not tree.hasher.verify_consistency(old, size, consistent, tree.root(old), forged)


def test_sm3_gives_another_tree() -> None:
    """GB/T 32905: a log under 密码法 hashes with SM3."""
    leaves = [b"a", b"b", b"c"]
    assert Tree(leaves, Hasher("sm3")).root(3) != Tree(leaves).root(3)
    assert (
        Hasher("sm3").digest(b"abc").hex()
        == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(AuditError):
        Hasher("md5")


A, B, C = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"


@pytest.mark.parametrize(
    ("leaf", "size", "path"),
    [
        (1, 1, []),
        (1, 8, [A, B, C]),
        (6, 8, [D, E, ROOTS[3]]),
        (3, 3, [ROOTS[1]]),
        (2, 5, [ROOTS[0], B, D]),
    ],
)
def test_published_inclusion_proofs(leaf: int, size: int, path: list[str]) -> None:
    """Reference tests of Certificate Transparency; they count leaves from 1."""
    tree = Tree([bytes.fromhex(x) for x in LEAVES])
    proof = tree.hasher.inclusion_proof(leaf - 1, size, tree.lookup)
    assert [p.hex() for p in proof] == path


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [F, E, ROOTS[3]]), (2, 5, [B, D])],
)
def test_published_consistency_proofs(old: int, new: int, path: list[str]) -> None:
    tree = Tree([bytes.fromhex(x) for x in LEAVES])
    proof = tree.hasher.consistency_proof(old, new, tree.lookup)
    assert [p.hex() for p in proof] == path


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_growing_gives_the_same_tree_as_looking_up(leaves: list[bytes]) -> None:
    tree, frontier = Tree(leaves), Frontier()
    for index, leaf in enumerate(tree.leaves):
        frontier, inner = tree.hasher.grow(frontier, leaf)
        assert inner == tree.hasher.completed(index, leaf, tree.lookup)[1:]
        assert frontier.peaks == tuple(tree.lookup(*p) for p in peak_places(index + 1))
    assert tree.hasher.top(frontier) == tree.root(len(leaves))


@given(st.integers(1, 2**20), st.data())
def test_the_cost_is_logarithmic(size: int, data: st.DataObject) -> None:
    asked: list[tuple[int, int]] = []

    def lookup(level: int, index: int) -> bytes:
        asked.append((level, index))
        return bytes(32)

    hasher, most = Hasher(), 2 * size.bit_length() + 2
    for act in (
        lambda: hasher.root(size, lookup),
        lambda: hasher.inclusion_proof(data.draw(st.integers(0, size - 1)), size, lookup),
        lambda: hasher.consistency_proof(data.draw(st.integers(0, size)), size, lookup),
    ):
        asked.clear()
        act()
        assert len(asked) <= most
        assert all((index + 1) << level <= size for level, index in asked)


@given(st.lists(st.binary(max_size=2), min_size=1, max_size=20), st.data())
def test_a_spoiled_proof_is_refused(leaves: list[bytes], data: st.DataObject) -> None:
    tree, size = Tree(leaves), len(leaves)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    inclusion = tree.hasher.inclusion_proof(index, size, tree.lookup)
    consistency = tree.hasher.consistency_proof(old, size, tree.lookup)
    roots = tree.root(old), tree.root(size)
    assert tree.hasher.verify_consistency(old, size, consistency, *roots)
    for place in range(len(inclusion)):
        spoiled = [*inclusion[:place], bytes(32), *inclusion[place + 1 :]]
        assert not tree.hasher.verify_inclusion(tree.leaves[index], index, size, spoiled, roots[1])
        shorter = [*inclusion[:place], *inclusion[place + 1 :]]
        assert not tree.hasher.verify_inclusion(tree.leaves[index], index, size, shorter, roots[1])
    for place in range(len(consistency)):
        spoiled = [*consistency[:place], bytes(32), *consistency[place + 1 :]]
        assert not tree.hasher.verify_consistency(old, size, spoiled, *roots)
        shorter = [*consistency[:place], *consistency[place + 1 :]]
        assert not tree.hasher.verify_consistency(old, size, shorter, *roots)
    assert not tree.hasher.verify_consistency(old, size, [*consistency, bytes(32)], *roots)
    assert not tree.hasher.verify_inclusion(tree.leaves[index], size, size, inclusion, roots[1])


def test_places_outside_the_tree_are_refused() -> None:
    tree = Tree([b"a", b"b"])
    for act in (
        lambda: tree.hasher.inclusion_proof(2, 2, tree.lookup),
        lambda: tree.hasher.inclusion_proof(-1, 2, tree.lookup),
        lambda: tree.hasher.consistency_proof(3, 2, tree.lookup),
    ):
        with pytest.raises(AuditError) as caught:
            act()
        assert caught.value.code == "E-AUDIT-RANGE"
