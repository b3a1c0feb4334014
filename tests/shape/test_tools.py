"""Editors and hooks hold what `make check` holds, and CONTRIBUTING.md names what is there."""

from __future__ import annotations

import re
import subprocess
import tomllib
from configparser import ConfigParser
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
HOOKS = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")


def made_by(target: str) -> list[str]:
    """The commands of a target of the Makefile, with its variables filled in."""
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.M)
    assert recipe is not None
    variables = dict(re.findall(r"^(\w+) = (.*)$", MAKEFILE, re.M))
    lines = [line.strip() for line in recipe[1].splitlines()]
    for _ in variables:
        lines = [re.sub(r"\$\((\w+)\)", lambda name: variables[name[1]], line) for line in lines]
    return lines


def editors() -> dict[str, dict[str, str]]:
    """The settings of .editorconfig for each pattern."""
    parser = ConfigParser()
    parser.read_string(f"[top]\n{(ROOT / '.editorconfig').read_text(encoding='utf-8')}")
    return {pattern: dict(parser[pattern]) for pattern in parser.sections()}


def test_a_commit_hook_runs_make_check():
    (repository,) = yaml.safe_load(HOOKS)["repos"]
    assert [hook["entry"] for hook in repository["hooks"]] == made_by("check")


def test_the_hooks_fetch_nothing_and_look_at_all_files():
    (repository,) = yaml.safe_load(HOOKS)["repos"]
    assert repository["repo"] == "local"
    assert "://" not in HOOKS
    for hook in repository["hooks"]:
        told = {key: hook[key] for key in hook if key not in ("id", "name", "entry")}
        assert told == {"language": "system", "pass_filenames": False, "always_run": True}


def test_editors_have_the_settings_of_the_formatters():
    told = editors()
    assert told["top"] == {"root": "true"}
    assert told["*.py"]["max_line_length"] == str(TOOLS["ruff"]["line-length"])
    assert told["*.py"]["indent_size"] == str(TOOLS["ruff"].get("indent-width", 4))
    assert told["*.html"]["max_line_length"] == str(TOOLS["djlint"]["max_line_length"])
    assert told["*.html"].get("indent_size", told["*"]["indent_size"]) == str(TOOLS["djlint"]["indent"])


def test_every_file_follows_the_settings_of_editors():
    tabbed = {pattern for pattern, told in editors().items() if told.get("indent_style") == "tab"}
    names = {name for pattern in tabbed for name in re.findall(r"\w+", pattern)}
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True)
    paths = [path for path in listed.stdout.decode().split("\0") if path and (ROOT / path).is_file()]
    assert len(paths) > 1000
    for path in paths:
        if path.endswith((".png", ".gz")):
            continue
        text = (ROOT / path).read_bytes().decode("utf-8")
        assert "\r" not in text, path
        assert not text or text.endswith("\n"), path
        assert not re.search(r"[ \t]$", text, re.M), path
        assert Path(path).name in names or not re.search(r"^ *\t", text, re.M), path


def test_each_target_named_to_newcomers_is_there():
    told = set(re.findall(r"(?:`|^)make ([a-z-]+)", GUIDE, re.M))
    assert told >= {"demo", "check", "test"}
    assert told <= set(re.findall(r"^([a-z-]+):(?!=)", MAKEFILE, re.M))


def test_each_file_named_to_newcomers_is_there():
    words = {word.rstrip(",:") for code in re.findall(r"`+([^`]+)`+", GUIDE) for word in code.split()}
    paths = {word for word in words if re.fullmatch(r"[\w./-]+(/|\.md|\.py|\.toml)|tests/\w+", word)}
    assert len(paths) > 20
    assert not {path for path in paths if not (ROOT / path).exists()}
