"""The scripts of shell: read by shellcheck, and what they copy and change is there. tests/deploy/on_debian.py runs them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy.files import DEPLOY, ROOT, SCRIPTS

ALL = sorted([*SCRIPTS, *(path for path in (ROOT / ".ci").iterdir() if path.is_file())])


def test_shellcheck_has_nothing_to_say_of_any_script() -> None:
    done = subprocess.run(["shellcheck", *map(str, ALL)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_file_that_a_script_takes_from_its_folder_lies_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r'"\$here/([\w.-]+)"', text))
    for listed in re.findall(r"^ *for (?:unit|file) in (.*); do$", text, re.M):
        named |= {name for name in listed.split() if "." in name}
    named |= set(re.findall(r"(requirements[\w-]*\.lock)", text))
    for name in named:
        assert (DEPLOY / name).exists() or (ROOT / name).exists(), name


@pytest.mark.parametrize("name", ["install.sh", "upgrade.sh"])
def test_a_script_outside_its_release_names_the_missing_files_and_does_nothing(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes((DEPLOY / name).read_bytes())
    words = ["--site", "network.example.org", "--certbot", "you@example.org"] if name == "install.sh" else []
    done = subprocess.run(
        ["bash", str(tmp_path / name), *words, "--dry-run"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "There has to be one wheel" in done.stderr or "is not a link to a release" in done.stderr


def test_nginx_has_every_name_that_the_script_replaces() -> None:
    script = (DEPLOY / "install.sh").read_text(encoding="utf-8")
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for told in re.findall(r'-e "s\|([^|]+)\|', script):
        assert told.replace("\\.", ".") in site, told


def test_every_step_of_the_scripts_can_be_looked_at_first() -> None:
    for name in ("install.sh", "upgrade.sh"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        body = text[text.index("\nstep ") :]
        acts = re.findall(
            r"^ *(apt-get|useradd|install|ln|rm|systemctl|postconf|certbot|runuser|python3|touch) ",
            body,
            re.M,
        )
        assert acts == [], name  # each goes through `run`, which a dry run only prints
