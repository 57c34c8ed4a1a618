"""Wheel, sdist and checkout all carry list and model, and find them from anywhere."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return out


def test_wheel_and_sdist_carry_the_data(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "_data/negative_list/process.yaml",
        "_data/models/model.npz",
        "_data/models/model.json",
        "py.typed",
    ):
        assert f"zwgk_classify/{wanted}" in names
    assert not any("models/corpus" in n for n in names), "the corpus belongs to the sdist"
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        members = archive.getnames()
    for wanted in (
        "/negative_list/process.yaml",
        "/models/model.npz",
        "/models/corpus/a1-public.jsonl",
        "/LICENSE",
    ):
        assert any(m.endswith(wanted) for m in members), wanted


def test_the_installed_wheel_works_from_elsewhere(dist: Path, tmp_path: Path) -> None:
    """In an environment of its own, away from the checkout, the command finds its data."""
    (wheel,) = dist.glob("*.whl")
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    (site,) = environment.glob("lib/python*/site-packages")
    zipfile.ZipFile(wheel).extractall(site)
    # Dependencies come from the environment the tests run in; the package itself must not.
    outer = next(p for p in sys.path if p.endswith("site-packages"))
    (site / "outer.pth").write_text(outer + "\n")
    code = (
        "import zwgk_classify, pathlib;"
        "from zwgk_classify import Classifier;"
        "from zwgk_classify.resources import data_root;"
        "print(pathlib.Path(zwgk_classify.__file__).parent);print(data_root('models'));"
        "print(Classifier.default().classify('关于某事的公告').to_dict()['versions']['model'])"
    )
    done = subprocess.run(
        [str(environment / "bin/python"), "-c", code],
        cwd="/", check=True, capture_output=True, text=True, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    package, models, digest = done.stdout.split()
    assert package.startswith(str(site))
    assert models.startswith(str(site))
    assert digest.startswith("sha256:")


def test_packages_named_in_setup_cfg_are_the_tree() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    named = {p for p in config["options"]["packages"].split() if "._data" not in p}
    tree = {
        ".".join(p.parent.relative_to(ROOT).parts)
        for p in (ROOT / "zwgk_classify").rglob("__init__.py")
    }
    assert named == tree
