"""Where the shipped data lies: in the wheel, in a checkout, or where the caller says."""

from __future__ import annotations

import os
from pathlib import Path

from zwgk_classify.errors import ZwgkError


def data_root(name: str) -> Path:
    """Folder of shipped data ``name`` (``negative_list`` or ``models``).

    The environment variables ``ZWGK_NEGATIVE_LIST_DIR`` and ``ZWGK_MODELS_DIR`` override it.
    An editable install does not see the package mapping of setup.cfg, hence the checkout path.

    Raises: ZwgkError when the installation is incomplete.
    """
    override = os.environ.get(f"ZWGK_{name.upper()}_DIR")
    if override:
        return Path(override)
    package = Path(__file__).resolve().parent
    installed = package / "_data" / name
    if installed.is_dir():
        return installed
    checkout = package.parent
    if (checkout / "setup.cfg").is_file() and (checkout / name).is_dir():
        return checkout / name
    raise ZwgkError(
        f"安装不完整：找不到数据目录 {name}",
        code="E-INSTALL",
        remedy=f"重新安装本软件包，或用环境变量 ZWGK_{name.upper()}_DIR 指明目录",
    )
