"""Every route: a declared right, ids that a database can hold, kebab-case, CSRF on writes, and no clash with a network's slug."""

from __future__ import annotations

import re

from govnet.charter.models import RESERVED

ONE_CLICK = {"mail.unsubscribe"}
"""The only write without CSRF (RFC 8058)."""


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_view_declares_its_right(app):
    for rule in rules(app):
        assert hasattr(app.view_functions[rule.endpoint], "right"), f"{rule.endpoint} has no @allows"


def test_addresses_are_kebab_case_and_ids_are_typed(app):
    for rule in rules(app):
        fixed = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.-]*", fixed), rule.rule
        for converter, name in re.findall(r"<(?:([^:>]+):)?([^>]+)>", rule.rule):
            assert not name.endswith("_id") or converter == "int", f"{rule.rule}: {name} is not typed"


def test_addresses_beside_networks_are_words_that_no_network_may_have(app):
    for rule in rules(app):
        first = rule.rule.split("/")[1].removesuffix(".json").removeprefix(".")
        if first and not first.startswith("<"):
            assert first.split(".")[0] in RESERVED, f"{rule.rule}: {first} is not reserved"
        second = ([*rule.rule.split("/"), "", ""])[2]
        if rule.rule.startswith("/<network:network>/") and second and not second.startswith("<"):
            assert second.removesuffix(".json") in RESERVED, f"{rule.rule}: {second} is not reserved"


def test_every_write_asks_for_the_token(app):
    from govnet.extensions import csrf

    for rule in rules(app):
        if "POST" in rule.methods:
            view = app.view_functions[rule.endpoint]
            exempt = f"{view.__module__}.{view.__name__}" in csrf._exempt_views
            assert not exempt or rule.endpoint in ONE_CLICK, f"{rule.endpoint} takes no CSRF token"


def test_reads_change_nothing_and_writes_are_posts(app):
    for rule in rules(app):
        methods = rule.methods - {"HEAD", "OPTIONS"}
        assert methods <= {"GET", "POST"}, rule.rule
