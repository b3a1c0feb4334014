"""The floors of the house: who may know whom."""

from __future__ import annotations

import sys

import pytest

from tests.shape import source

FLOORS = (
    ("extensions", "kernel"),
    ("roles",),
    ("permissions",),
    ("web",),
    ("people",),
    ("record",),
    ("charter", "mail", "search"),
    ("sign_in",),
    ("offices",),
    ("membership",),
    ("forum",),
    ("decisions",),
    ("committee", "coordinator", "letters", "announcements", "digest", "elections", "meetings", "ideas"),
    ("home", "desk"),
    ("accounts",),
    ("operations", "demo"),
    ("factory",),
    ("cli", "__main__", "__init__"),
)
FLOOR = {feature: number for number, floor in enumerate(FLOORS) for feature in floor}
FILES = source.files()


def test_every_feature_has_its_floor():
    assert {source.feature(path) for path in FILES} - set(FLOOR) == set()


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_a_feature_knows_only_floors_below(path):
    mine = FLOOR[source.feature(path)]
    for feature, _module in source.modules_of(path):
        if feature not in FLOOR or feature == source.feature(path):
            continue
        assert FLOOR[feature] <= mine, f"{source.name(path)} imports {feature}, which is above it"


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_nobody_calls_another_feature_s_views_or_forms(path):
    if source.feature(path) in ("factory", "web"):
        return
    for dotted in source.imported(path):
        _govnet, feature, *module = (*dotted.split("."), "", "")
        if _govnet == "govnet" and feature not in ("web", source.feature(path)):
            kinds = {part.rsplit("_", 1)[-1] for part in module}
            assert not kinds & {"views", "forms"}, f"{source.name(path)} imports {dotted}"


RULES = [p for p in FILES if "rules" in (*p.stem.split("_"), p.parent.name) and p.name != "__init__.py"]
BESIDE_RULES = (
    "govnet.kernel.messages",
    "govnet.charter.kinds",
    "govnet.charter.holidays",
    "govnet.charter.thresholds",
    "govnet.charter.presets",
    "govnet.forum.states",
    "govnet.record.chain",
)
"""The modules under the rules; as pure as they are."""
CATALOGUE = sorted((source.PACKAGE / "charter/catalogue").glob("[a-z]*.py"))
PURE = {
    *BESIDE_RULES,
    *(f"govnet.charter.catalogue.{path.stem}" for path in CATALOGUE),
    *(f"govnet.charter.{name}" for name in ("parameters", "document", "contradictions", "sentences")),
    *(f"govnet.charter.{name}" for name in ("examples", "turns", "working_days")),
}


@pytest.mark.parametrize(
    "path",
    [*RULES, *(source.PACKAGE.parent / f"{dotted.replace('.', '/')}.py" for dotted in sorted(PURE))],
    ids=source.name,
)
def test_rules_are_pure(path):
    for dotted in source.imported(path) - source.for_types(path):
        top = dotted.split(".")[0]
        pure = top in sys.stdlib_module_names or dotted.startswith(
            (
                "govnet.kernel.calendar",
                "govnet.kernel.errors",
                "govnet.kernel.web_addresses",
                "govnet.kernel.translation",
                "govnet.kernel.messages",
                "govnet.kernel.numbers",
                "govnet.kernel.person_names",
                *("holidays", "zxcvbn"),  # functions of their arguments
                *PURE,
            )
        )
        ruled = dotted.startswith("govnet.") and any(
            part in ("rules", "parameters", "kinds") for part in dotted.split(".")
        )
        assert (
            pure
            or ruled
            or dotted in ("govnet", "govnet.kernel", "govnet.charter", "govnet.charter.catalogue")
        ), f"{source.name(path)} imports {dotted}"


MAY_KNOW_REQUESTS = {"kernel", "web", "permissions", "sign_in", "accounts", "factory"}


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_requests_are_known_in_views_permissions_kernel_and_sign_in_alone(path):
    if (
        source.feature(path) in MAY_KNOW_REQUESTS
        or path.stem in ("views", "blueprint")
        or path.stem.endswith("_views")
    ):
        return
    known = {f"flask.{word}" for word in ("request", "g", "session", "current_app")} & source.imported(path)
    assert known <= {"flask.current_app"}, f"{source.name(path)} imports {known}"


def test_permissions_know_no_feature():
    features = {feature for feature, _ in source.modules_of(source.PACKAGE / "permissions.py")}
    assert features <= {"kernel", "extensions", "roles"}
