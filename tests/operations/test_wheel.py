"""The installed package is complete: the wheel brings templates, migrations and settings, and serves."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import sysconfig
import time as clock
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.charter.test_founding_file import FILE

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the built wheel in it; what govnet needs it sees in the running one."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, text=True)
    (wheel,) = folder.glob("govnet-*.whl")
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    site = subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], check=True,
                          capture_output=True, text=True).stdout.strip()  # fmt: skip
    (Path(site) / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n")
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        str(wheel),
    ]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return folder


@pytest.fixture(scope="module")
def environment(installed: Path) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {
        "PATH": os.environ["PATH"],
        "GOVNET_DATA": str(installed / "data"),
        "PORT": str(port),
        "LANG": "C.UTF-8",
    }


@pytest.fixture(scope="module")
def founded(installed: Path, environment: dict[str, str]) -> str:
    """The output of `govnet init --file`, called where no checkout is near."""
    (installed / "network.toml").write_text(FILE)
    done = subprocess.run([installed / "env" / "bin" / "govnet", "init", "--file", "network.toml"], cwd=installed,
                          env=environment, capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def served(installed: Path, environment: dict[str, str], founded: str) -> Iterator[str]:
    process = subprocess.Popen([installed / "env" / "bin" / "govnet", "serve"], cwd=installed, env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    yield f"http://127.0.0.1:{environment['PORT']}"
    process.terminate()
    process.wait(30)


def page(url: str) -> str:
    """The page, as soon as the server answers."""
    until = clock.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                return response.read().decode()
        except OSError:
            if clock.monotonic() > until:
                raise
            clock.sleep(0.2)


def test_the_installed_program_is_not_the_checkout(installed: Path) -> None:
    python = installed / "env" / "bin" / "python"
    where = subprocess.run([python, "-c", "import govnet; print(govnet.__file__)"], cwd=installed, check=True,
                           capture_output=True, text=True).stdout  # fmt: skip
    assert where.startswith(str(installed))


def test_a_network_is_founded_and_its_home_is_served(founded: str, served: str) -> None:
    assert "The UK network is at" in founded
    home = page(f"{served}/uk/")
    assert "To open up how decisions are made." in home
    style = home.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "font-family" in page(f"{served}{style}")
    assert page(f"{served}/healthz") == "ok\n"
