"""The image and the compose file: read, not built, for there is no container engine where these tests run."""

from __future__ import annotations

import fnmatch
import json
import re
from typing import Any

import pytest
import yaml

from govnet import __version__
from govnet.kernel.settings import load_config
from tests.commands import trouble_with
from tests.deploy.files import DEPLOY

IMAGE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
RELEASE = {path.name for path in DEPLOY.iterdir()} | {
    "requirements.lock", "requirements-cluster.lock", f"govnet-{__version__}-py3-none-any.whl",
}  # fmt: skip
"""The files in dist/ after `make wheel` (tests/operations/test_release.py checks them)."""
SPECIFIED = {
    "": {"name", "services", "volumes"},
    "services": {"build", "image", "restart", "read_only", "tmpfs", "cap_drop", "security_opt", "environment", "volumes",
                 "depends_on", "command", "stop_grace_period", "healthcheck", "ports"},
    "healthcheck": {"test", "interval", "start_period"},
}  # fmt: skip
"""Keys of the compose specification (compose-spec.io) that the file uses, by where they stand."""
MADE_THERE = {"settings.env", "backups"}
"""The files that the guide has the operator make beside the file."""
OURS = [name for name, service in COMPOSE["services"].items() if service["image"] == "govnet"]


def lines_of(word: str) -> list[str]:
    return re.findall(rf"^{word} (.*)$", IMAGE, re.M)


def test_every_file_that_the_image_takes_lies_in_the_folder_of_the_release() -> None:
    taken = [name for line in lines_of("COPY") for name in line.split()[:-1]]
    assert taken
    for pattern in taken:
        assert fnmatch.filter(RELEASE, pattern), pattern


def test_the_image_holds_nothing_but_words_that_its_builder_knows() -> None:
    known = {"FROM", "RUN", "COPY", "USER", "WORKDIR", "ENV", "EXPOSE", "ENTRYPOINT", "CMD"}
    lines = [line for line in IMAGE.splitlines() if line and not line.startswith("#")]
    assert {line.split()[0] for line in lines} <= known
    assert lines[0].startswith("FROM python:3.")
    assert lines_of("USER") == ["govnet"]


def test_the_image_and_every_service_run_commands_that_are_there() -> None:
    assert json.loads(lines_of("ENTRYPOINT")[0]) == ["govnet"]
    assert trouble_with(json.loads(lines_of("CMD")[0])) is None
    assert sorted(OURS) == ["web", "worker"]
    for name in OURS:
        assert trouble_with(COMPOSE["services"][name]["command"]) is None, name


def test_the_compose_file_uses_keys_of_the_specification_alone() -> None:
    assert {key for key in COMPOSE if not key.startswith("x-")} <= SPECIFIED[""]
    for service in COMPOSE["services"].values():
        assert set(service) <= SPECIFIED["services"]
        assert set(service.get("healthcheck", {})) <= SPECIFIED["healthcheck"]
        for each in service.get("depends_on", {}):
            assert each in COMPOSE["services"]


def test_every_folder_and_volume_of_the_compose_file_is_there_or_made() -> None:
    for service in COMPOSE["services"].values():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            if source.startswith("./"):
                assert source[2:] in RELEASE | MADE_THERE, mount
            else:
                assert source in COMPOSE["volumes"], mount


@pytest.mark.parametrize("name", OURS)
def test_the_containers_say_no_setting_that_the_program_does_not_know(name: str) -> None:
    known = {row.name for row in load_config().TABLE}
    said = set(COMPOSE["services"][name]["environment"])
    said |= {pair.split("=")[0] for line in lines_of("ENV") for pair in line.split()}
    assert said - known == set()


def test_every_name_that_the_compose_file_needs_is_in_its_first_lines() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    for name in set(re.findall(r"\$\{([A-Z_]+)", text)):
        assert name in head, name
