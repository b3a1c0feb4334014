"""The files of deploy/, for the tests that hold them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
OURS = [path for path in SERVICES if "/srv/govnet/venv/bin/govnet " in path.read_text(encoding="utf-8")]
"""Those that run the program itself."""
SCRIPTS = sorted(path for path in DEPLOY.iterdir() if path.read_text(encoding="utf-8").startswith("#!"))
