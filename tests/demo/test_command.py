"""`govnet demo` as somebody starts it: a few lines, and the last of them is the address to open."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite
PATIENCE = 240.0


def test_it_says_in_a_few_lines_which_address_to_open(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "govnet", "demo", "--port", str(port), "--folder", str(tmp_path / "demo")]
    environ = {name: value for name, value in os.environ.items() if name != "LOG_LEVEL"}
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ
    )
    enough = threading.Timer(PATIENCE, process.kill)
    enough.start()
    lines = []
    try:
        assert process.stdout
        for line in process.stdout:
            lines.append(line.strip())
            if f"http://127.0.0.1:{port}/demo" in line:
                break
    finally:
        enough.cancel()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert lines[-1].startswith("The demo is at "), "\n".join(lines)
    assert len(lines) <= 3, "\n".join(lines)
