"""What the READMEs tell people to type is the same in both languages, and works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from zwgk_classify.cli.app import zwgk

ROOT = Path(__file__).resolve().parents[1]
README = {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")
}


def blocks(text: str) -> list[tuple[str, str]]:
    return re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL)


def test_both_readmes_give_the_same_commands() -> None:
    english, chinese = (blocks(t) for t in README.values())
    assert english == chinese
    assert ("sh", "make demo\n") in english
    assert ("sh", "make test\n") in english


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    for kind, code in blocks(README["README.md"]):
        if kind == "python":
            exec(code, {})
    assert "Attribute" in capsys.readouterr().out


def test_every_command_exists_and_has_help() -> None:
    lines = [
        line
        for kind, code in blocks(README["README.md"])
        if kind == "sh"
        for line in code.splitlines()
        if line.startswith("zwgk ")
    ]
    assert lines
    for line in lines:
        words = [w for w in shlex.split(line)[1:] if not w.startswith("-")][:2]
        command = [w for w in words if w.isalpha()]
        command = command[:1] if command[0] in ("classify", "doctor") else command
        result = CliRunner().invoke(zwgk, [*command, "--help"])
        assert result.exit_code == 0, line
        assert re.search("[\u4e00-\u9fff]", result.output)


def test_make_has_the_promised_verbs() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for verb in ("demo", "test", "lint"):
        assert re.search(rf"^{verb}:", makefile, re.MULTILINE)
