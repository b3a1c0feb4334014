"""A release: the same wheel from every machine, all that an operator needs in it, and where each thing says which it is."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from govnet import __version__
from govnet.cli import main
from govnet.operations.health import checks
from tests.builders import a_network

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("govnet", "templates", "migrations", "docs", "deploy")
LOCKS = ("requirements.lock", "requirements-cluster.lock", "requirements-dev.lock")
FILES = (
    "config.py",
    "pyproject.toml",
    "Makefile",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "SECURITY.md",
    *LOCKS,
)
HEADS = ["What you must do", "New", "Dropped", "Mended"]
RELEASED = "## 0.2.0 (2015-05-14)\n"


def checkout(folder: Path, *, umask: int, backwards: bool = False) -> Path:
    """The source as another machine has it: other modes, dates and order of files, and rubbish of a run."""
    before = os.umask(umask)
    try:
        folder.mkdir()
        for name in sorted((*FOLDERS, *FILES), reverse=backwards):
            rubbish = shutil.ignore_patterns("__pycache__")
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, ignore=rubbish, copy_function=shutil.copyfile)
            else:
                shutil.copyfile(ROOT / name, folder / name)
    finally:
        os.umask(before)
    changes = folder / "CHANGELOG.md"
    changes.write_text(re.sub(r"## 0\.2\.0 .*\n", RELEASED, changes.read_text(encoding="utf-8")))
    if backwards:
        (folder / "govnet" / "__pycache__").mkdir()
        (folder / "govnet" / "__pycache__" / "cli.cpython-311.pyc").write_bytes(b"of a run")
        for path in folder.rglob("*"):
            os.utime(path, (1_000_000_000, 1_000_000_000))
    return folder


def wheel_of(source: Path, zone: str) -> Path:
    """The files from `make wheel` in dist/, in an environment that is there already."""
    environment = {"PATH": os.environ["PATH"], "TZ": zone, "HOME": str(source)}
    subprocess.run(["make", "-o", ".venv/dev.stamp", "wheel", f"BIN={Path(sys.executable).parent}"], cwd=source,
                   env=environment, check=True, capture_output=True, text=True)  # fmt: skip
    (wheel,) = (source / "dist").glob("govnet-*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("machines")
    one = wheel_of(checkout(folder / "one", umask=0o022), "UTC")
    other = wheel_of(checkout(folder / "another machine", umask=0o077, backwards=True), "Pacific/Auckland")
    return one, other


def test_two_machines_make_the_same_wheel(wheels: tuple[Path, Path]) -> None:
    one, other = wheels
    assert one.name == f"govnet-{__version__}-py3-none-any.whl"
    assert one.read_bytes() == other.read_bytes()


def test_the_files_of_a_wheel_bear_the_day_of_the_release(wheels: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(wheels[0]) as wheel:
        assert {each.date_time[:3] for each in wheel.infolist()} == {(2015, 5, 14)}


def test_the_lock_files_are_beside_the_wheel_and_their_digests_hold(
    wheels: tuple[Path, Path],
) -> None:
    folder = wheels[0].parent
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    wanted = {"requirements.lock", "requirements-cluster.lock", wheels[0].name}
    assert wanted | {path.name for path in (ROOT / "deploy").iterdir()} == set(sums)
    assert set(sums) == {path.name for path in folder.iterdir()} - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_all_that_an_operator_reads_is_in_the_wheel(wheels: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(wheels[0]) as wheel:
        inside = set(wheel.namelist())
        guide = wheel.read("govnet/docs/running.md").decode()
    assert guide == (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    wanted = {f"govnet/docs/{path.relative_to(ROOT / 'docs')}" for path in (ROOT / "docs").rglob("*.md")}
    wanted |= {
        f"govnet/{name}"
        for name in ("CHANGELOG.md", "SECURITY.md", "requirements.lock", "requirements-cluster.lock")
    }
    assert wanted - inside == set()
    assert not [name for name in inside if "__pycache__" in name or name.startswith("govnet/tests")]


def test_the_source_package_can_make_the_wheel(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(checkout(tmp_path / "here", umask=0o022))], check=True, capture_output=True)
    (packed,) = tmp_path.glob("*.tar.gz")
    subprocess.run(["tar", "-xzf", str(packed), "-C", str(tmp_path)], check=True)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / f"govnet-{__version__}")], check=True, capture_output=True)
    assert list(tmp_path.glob("*.whl"))


def test_the_guide_is_printed_and_an_unknown_one_names_those_there_are() -> None:
    printed = CliRunner().invoke(main, ["guide"])
    assert printed.exit_code == 0
    assert printed.output.startswith("# Running govnet\n")
    for name in ("changelog", "security", "protocol", "known-gaps"):
        assert CliRunner().invoke(main, ["guide", name]).exit_code == 0
    wrong = CliRunner().invoke(main, ["guide", "../README"])
    assert wrong.exit_code == 1
    assert "There is no text named ../README." in wrong.output
    assert "running" in wrong.output


def test_the_files_that_run_govnet_are_written_into_a_new_folder_and_over_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "deploy"
    done = CliRunner().invoke(main, ["deploy-files", str(folder)])
    assert done.exit_code == 0
    there = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in (
        *(ROOT / "deploy").iterdir(),
        ROOT / "requirements.lock",
        ROOT / "requirements-cluster.lock",
    ):
        assert there.pop(path.name) == path.read_bytes()
    assert there == {}
    again = CliRunner().invoke(main, ["deploy-files", str(folder)])
    assert again.exit_code == 1
    assert "There is something in" in again.output


def test_doctor_and_the_foot_of_each_page_say_which_release_it_is(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        a_network()
        (first, *_rest) = checks.examine()
        assert (first.name, first.well) == ("release", True)
        assert first.words.startswith(f"govnet {__version__} on Python 3.")
    for page in ("/uk/", "/", "/sign-in", "/uk/nowhere"):
        assert f"govnet {__version__}" in client.get(page, follow_redirects=True).text, page


def pins(name: str) -> dict[str, str]:
    """The content of a lock file: each library with its version and where it is needed."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return dict(re.findall(r"^([a-z0-9.-]+(?:\[[a-z]+\])?)==(\S+)", text, re.M))


def test_the_lock_files_agree_and_every_line_has_a_digest() -> None:
    plain, cluster, everything = (pins(f"requirements{kind}.lock") for kind in ("", "-cluster", "-dev"))
    assert set(plain.items()) <= set(cluster.items()) <= set(everything.items())
    assert {"redis", "psycopg"} <= set(cluster) - set(plain)
    for name in ("requirements.lock", "requirements-cluster.lock"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        for line in text.splitlines():
            assert not re.match(r"[a-z]", line) or "--hash=sha256:" in line, line


def test_the_lock_holds_a_version_that_the_project_wants_of_all_it_needs() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needs = re.search(r"^dependencies = \[(.*?)^\]", project, re.M | re.S)
    assert needs is not None
    names = {name.lower() for name in re.findall(r'^\s*"([A-Za-z0-9-]+)', needs[1], re.M)}
    assert names - set(pins("requirements.lock")) == set()


def told() -> dict[str, str]:
    """Every text in which somebody may be told how to install something: docs, scripts, pages, messages."""
    found = [
        ROOT / name
        for name in ("README.md", "CHANGELOG.md", "SECURITY.md", "Makefile", "config.py", ".ci/run")
    ]
    for folder in ("docs", "deploy", "govnet", "templates"):
        found += [
            path
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and path.suffix not in (".pyc", ".png")
        ]
    read = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in found}
    return {name: text.replace("\\\n", " ") for name, text in read.items()}


def test_no_text_tells_people_to_install_a_name_that_is_on_no_index() -> None:
    wrong = []
    for name, text in told().items():
        wrong += [
            f"{name}: {said}" for said in re.findall(r"\binstall ['\"`]?govnet(?:\[| |['\"`]).{0,20}", text)
        ]
        for words in re.findall(r"\bpip3?[\"']?,? (?:-\S+ )*install\b([^`\n;&|]*)", text):
            skip = False
            for word in words.split():
                if skip or word.startswith("-"):
                    skip = word in ("-r", "-t", "--requirement", "--target", "--python") and not skip
                elif not re.search(r"\.(whl|lock)\W*$|[$/]", word):
                    wrong.append(f"{name}: pip install {word}")
    assert wrong == []


def test_each_release_lists_an_operator_s_duties_and_its_changes() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.split(r"^## ", changes, flags=re.M)[1:]
    assert releases[0].startswith(f"{__version__} (")
    for release in releases:
        heads = re.findall(r"^### (.*)$", release, re.M)
        assert heads, release[:40]
        assert heads == [head for head in HEADS if head in heads]
        assert re.match(r"\d+\.\d+\.\d+ \((\d{4}-\d\d-\d\d|not released yet|never released)\)\n### ", release)
