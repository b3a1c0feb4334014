"""The tools for testing deploy/: programs of Debian, which .ci/run installs."""

from __future__ import annotations

import os
import shutil

import pytest

PROGRAMS = ("nginx", "caddy", "systemd-analyze", "openssl", "shellcheck")


@pytest.fixture(scope="session", autouse=True)
def programs() -> None:
    """Leaves deploy/ untried where a program is missing on somebody's own machine; with CI=true that is a failure."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    missing = [name for name in PROGRAMS if shutil.which(name, path=path) is None]
    if missing:
        message = f"Missing: {', '.join(missing)}. Nothing of deploy/ was tried"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)  # on somebody's own machine only: with CI=true the line above has failed
