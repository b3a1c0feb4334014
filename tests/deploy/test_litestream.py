"""Copies of the SQLite file by Litestream: the disk is lost, and all but the last seconds' writes come back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.charter.test_founding_file import FILE
from tests.deploy import confined, fronts
from tests.deploy.files import DEPLOY, ROOT

LOST = 10.0
"""Seconds whose writes may be lost."""
LITESTREAM = Path(sys.executable).with_name("litestream")
pytestmark = pytest.mark.sqlite


class Machine:
    """A data folder, its settings, and the processes that run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.running = folder, folder / "data", [*()]
        self.environment = {"PATH": os.environ["PATH"], "GOVNET_DATA": str(self.data), "LANG": "C.UTF-8"}
        text = (DEPLOY / "litestream.yml").read_text(encoding="utf-8")
        text = text.replace("/srv/govnet/data", str(self.data)).replace("/var/backups/govnet", str(folder))
        self.settings = folder / "litestream.yml"
        self.settings.write_text(text)

    def start(self, *words: str, said: str) -> subprocess.Popen[bytes]:
        with (self.folder / said).open("w") as file:
            process = subprocess.Popen(words, cwd=ROOT, env=self.environment, stdout=file, stderr=subprocess.STDOUT,
                                       start_new_session=True)  # fmt: skip
        self.running.append(process)
        return process

    def govnet(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "govnet", *words], cwd=ROOT, env=self.environment, check=False,
                              capture_output=True, text=True)  # fmt: skip

    def kill(self) -> None:
        """All that runs on it, at once, with what it started."""
        for process in self.running:
            os.killpg(process.pid, 9)
        for process in self.running:
            process.wait(30)
        self.running.clear()

    def written(self) -> list[tuple[float, int]]:
        """When each entry was committed, and its number."""
        lines = (self.folder / "writer").read_text().splitlines()
        return [(float(at), int(number)) for at, number in (line.split() for line in lines[:-1])]


def test_a_lost_disk_costs_no_more_than_the_last_ten_seconds(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    (tmp_path / "network.toml").write_text(FILE)
    assert machine.govnet("init", "--file", str(tmp_path / "network.toml")).returncode == 0
    try:
        unit = confined.SELF, str(DEPLOY / "govnet-litestream.service")
        machine.start(
            sys.executable,
            *unit,
            str(LITESTREAM),
            "replicate",
            "-config",
            str(machine.settings),
            said="copies",
        )
        port = fronts.free_port()
        serving = machine.start(sys.executable, "-m", "govnet", "serve", "--port", str(port), said="serve")
        fronts.reachable(port, serving)
        machine.start(sys.executable, "-m", "tests.deploy.writer", said="writer")
        until = time.monotonic() + 120
        while len(machine.written()) < 2 or machine.written()[-1][0] - machine.written()[0][0] < LOST + 5:
            assert time.monotonic() < until, (tmp_path / "writer").read_text()
            time.sleep(0.5)
    finally:
        killed = time.time()
        machine.kill()
    written = machine.written()
    shutil.rmtree(machine.data)

    copy = tmp_path / "copy.db"
    words = ["restore", "-config", str(machine.settings), "-o", str(copy), str(machine.data / "govnet.db")]
    subprocess.run([LITESTREAM, *words], check=True, capture_output=True)
    back = machine.govnet("restore", str(copy))
    assert back.returncode == 0, back.stdout + back.stderr
    assert "Mail is held." in back.stdout
    verified = machine.govnet("verify")
    assert verified.returncode == 0, verified.stdout
    whole = re.search(r"uk: (\d+) entries, whole", verified.stdout)
    assert whole is not None, verified.stdout
    there = int(whole[1])
    before = [number for at, number in written if at < killed - LOST]
    assert len(before) > 10
    assert there >= max(before)
    print(f"{written[-1][1] - there + 1} of {len(written)} entries lost")
    looked = machine.govnet("doctor").stdout
    assert "ok    database" in looked, looked
    assert "held until a person releases it" in looked
