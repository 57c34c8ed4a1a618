"""Budgets of the house: small files, small functions, no cycles, frozen values, own errors."""

from __future__ import annotations

import ast
import importlib
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "zwgk_classify").rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def functions() -> list[tuple[Path, ast.FunctionDef]]:
    return [
        (p, n)
        for p, tree in TREES.items()
        for n in ast.walk(tree)
        if isinstance(n, ast.FunctionDef)
    ]


def length(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_files_stay_small() -> None:
    sizes = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in FILES}
    assert {p.name: n for p, n in sizes.items() if n > 400} == {}
    assert statistics.median(sizes.values()) <= 150


def test_functions_stay_small() -> None:
    assert [(p.name, n.name, length(n)) for p, n in functions() if length(n) > 62] == []
    assert statistics.median(length(n) for _, n in functions()) <= 12


def test_every_function_says_what_it_returns() -> None:
    assert [
        (p.name, n.name) for p, n in functions() if n.returns is None and n.name != "__init__"
    ] == []


def test_public_names_have_docstrings() -> None:
    missing = []
    for path, tree in TREES.items():
        if ast.get_docstring(tree) is None:
            missing.append(path.name)
        for node in ast.walk(tree):
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith(
                "_"
            )
            if public and node in tree.body and ast.get_docstring(node) is None:
                missing.append(f"{path.name}:{node.name}")
    assert missing == []


def test_no_room_is_called_utils_and_data_classes_are_frozen() -> None:
    assert not [p for p in FILES if "util" in p.name or p.name == "helpers.py"]
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for decorator in node.decorator_list:
                    if "dataclass" in ast.unparse(decorator) and (path.name, node.name) != (
                        "docx.py",
                        "Story",
                    ):
                        assert "frozen=True" in ast.unparse(decorator), (path.name, node.name)


def test_the_project_speaks_of_itself_alone() -> None:
    """No paths of a machine and no hosts in anything that ships."""
    shipped = [
        p for p in ROOT.rglob("*") if p.suffix in {".py", ".md", ".yaml", ".cfg", ".toml", ".txt"}
    ]
    for path in shipped:
        if any(
            part.startswith(".") or part in ("build", "dist")
            for part in path.relative_to(ROOT).parts
        ):
            continue
        text = path.read_text(encoding="utf-8")
        for word in ("/" + "work/", "/" + "root/", "pypi." + "org"):
            assert word not in text, (path, word)


@pytest.mark.parametrize(
    "name", ["Classifier", "NegativeList", "AuditLog", "read_document", "Attribute", "Status"]
)
def test_public_names_load(name: str) -> None:
    package = importlib.import_module("zwgk_classify")
    assert getattr(package, name).__doc__
