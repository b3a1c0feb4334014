"""Addresses: a network's slug, ids and numbers that fit a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from flask import Flask, abort, g, has_request_context, request
from werkzeug.routing import BaseConverter, IntegerConverter, Rule

from govnet.extensions import db
from govnet.kernel.numbers import whole_number

MOST = 2**31 - 1
"""The largest number that any database can hold in a column of ids."""


class SlugConverter(BaseConverter):
    """A network's slug; the view gets the network itself."""

    regex = "[a-z0-9][a-z0-9-]{1,39}"

    def to_url(self, value: Any) -> str:
        """A network or its slug."""
        return super().to_url(getattr(value, "slug", value))


class IdConverter(IntegerConverter):
    """An id that any database can hold."""

    regex = r"[0-9]{1,10}"

    def __init__(self, map: Any, *args: Any, **kwargs: Any) -> None:  # noqa: A002
        kwargs.setdefault("max", MOST)
        super().__init__(map, *args, **kwargs)


class LateRule(Rule):
    """A rule that compiles the code that builds its addresses when it builds the first one: few rules of a process do."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = cache(partial(super()._compile_builder, append_unknown))

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build


def asked_number(name: str) -> int | None:
    """The number that the address gives under that name; None where it gives none, or one that is no id."""
    return whole_number(request.args.get(name)) or None


def sent_number(name: str) -> int | None:
    """The same of a form's button that carries a number."""
    return whole_number(request.form.get(name)) or None


def asked_page(most: int = 10_000) -> int:
    """Which page of a list the address asks for: the first one, unless it says another."""
    return min(asked_number("page") or 1, most)


def bind(app: Flask, network_by_slug: Callable[[str], Any]) -> None:
    """Have `<network:network>` in rules load the network (404), and url_for fill it in from the current page."""
    app.url_map.converters.update(network=SlugConverter, int=IdConverter)

    @app.url_value_preprocessor
    def _load_network(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if any(isinstance(each, str) and "\0" in each for each in (values or {}).values()):
            abort(404)  # nothing is called so: PostgreSQL's text cannot hold it
        if values and "network" in values:
            network = network_by_slug(values["network"])
            if network is None:
                abort(404)
            values["network"] = g.network = network

    @app.url_defaults
    def _same_network(endpoint: str, values: dict[str, Any]) -> None:
        if "network" in values or not has_request_context() or g.get("network") is None:
            return
        if app.url_map.is_endpoint_expecting(endpoint, "network"):
            values["network"] = g.network


@contextmanager
def inside(app: Flask, network: Any) -> Iterator[None]:
    """Where there is no request, such as in the worker: url_for makes addresses as a page of this network would."""
    with app.test_request_context(base_url=app.config["SITE_URL"]):
        before, g.network = g.get("network"), network
        try:
            yield
        finally:
            g.network = before


HEALTH = "/healthz"


READY = "/readyz"


METRICS = "/metrics"


FOR_MONITORS = (HEALTH, READY, METRICS)
"""Addresses that are asked from inside: they contain no host names and ask nobody who they are."""


@dataclass(frozen=True)
class InAddress:
    """A thing that an address names otherwise than by its number: the part of the address, and how to find it there.

    `find(network, value)` raises NotFound if there is no such thing.
    """

    part: str
    find: Callable[[Any, Any], Any]


Named = type[Any] | InAddress | Callable[[Any], Any]
"""How a request names a thing: by the number of its table in the address; by another part of it; or in its query or form."""


def named_in_request(name: str, how: Named, values: dict[str, Any]) -> Any:
    """The thing; its part is taken out of the address's `values`. 404 where there is none, or not in this network."""
    if isinstance(how, InAddress):
        return how.find(values["network"], values.pop(how.part))
    if isinstance(how, type):
        return _row(how, values.pop(f"{name}_id"), values.get("network"))
    return how(values["network"])


def _row(model: type[Any], key: int, network: Any) -> Any:
    row = db.session.get(model, key)
    if row is None or (network is not None and getattr(row, "network_id", network.id) != network.id):
        abort(404)
    return row
