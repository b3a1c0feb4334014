"""Functions and values for every template."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from govnet.kernel.actor import current_actor
from govnet.kernel.per_app import PerApp
from govnet.kernel.translation import either, language, say


@dataclass(frozen=True, eq=False)
class NavItem:
    """One item of the navigation; current on pages whose endpoint begins with one of `covers`."""

    label: Any
    endpoint: str
    icon: str
    covers: tuple[str, ...]
    but: tuple[str, ...] = ()
    """Endpoints that begin so belong to another one."""

    def _covers(self, endpoint: str) -> bool:
        return endpoint.startswith(self.covers) and not endpoint.startswith(self.but)

    def shown(self) -> tuple[str, str, bool, str]:
        """Label, address, whether the page belongs to it, and icon: as the layout wants it."""
        return (
            str(self.label),
            url_for(self.endpoint),
            self._covers(request.endpoint or ""),
            self.icon,
        )


_ABOUT = ("home.about", "charter.", "offices.", "coordinator.", "record.", "membership.", "announcements.")
_OWN = ("membership.own", "membership.renew", "membership.leav", "membership.agree")
NAV = (
    NavItem(_l("Home"), "home.home", "home", ("home.home",)),
    NavItem(_l("Discuss"), "forum.topics", "talk", ("forum.",)),
    NavItem(_l("Decisions"), "decisions.register", "scale", ("decisions.", "letters.")),
    NavItem(_l("About"), "home.about", "info", _ABOUT, but=_OWN),
)
YOU = NavItem(_l("You"), "accounts.me", "person", ("accounts.", "mail.", *_OWN))
FOOTER = (
    NavItem(_l("Our rules"), "charter.charter", "", ()),
    NavItem(_l("Everything that happened"), "record.entries", "", ()),
    NavItem(_l("Downloads"), "record.downloads", "", ()),
)

_waiting: PerApp[list[Callable[[], int]]] = PerApp("waiting", list)


def waiting_is(count: Callable[[], int]) -> None:
    """How many things wait for the actor, for the number beside You."""
    _waiting()[:] = [count]


def bind(app: Flask) -> None:
    """Undefined names are errors; the page's network, actor and navigation are there."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters["say"] = say
    app.jinja_env.filters["either"] = either
    app.jinja_env.globals["kept"] = kept

    @app.context_processor
    def _common() -> dict[str, Any]:
        return {
            "locale": language().replace("_", "-"),
            "network": g.get("network"),
            "actor": current_actor(),
            "nav": _items(app, (*NAV, YOU) if current_actor().signed_in else NAV),
            "footer_links": _links(_items(app, FOOTER)),
            "waiting": _waiting_now(),
            "officer": g.get("officer", current_actor().is_officer),
        }


def _items(app: Flask, items: tuple[NavItem, ...]) -> tuple[tuple[str, str, bool, str], ...]:
    network = g.get("network")
    place = (request.script_root, network.slug if network is not None else "", request.endpoint or "")
    return _shown(app, items, language(), place)


@lru_cache(maxsize=512)
def _shown(
    app: Flask, items: tuple[NavItem, ...], _locale: str, place: tuple[str, str, str]
) -> tuple[tuple[str, str, bool, str], ...]:
    """Those whose pages exist; outside a network only what needs none. The same for everybody there."""
    known = [item for item in items if item.endpoint in app.view_functions]
    if not place[1]:
        known = [item for item in known if not app.url_map.is_endpoint_expecting(item.endpoint, "network")]
    return tuple(item.shown() for item in known)


@lru_cache(maxsize=512)
def _links(items: tuple[tuple[str, str, bool, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(item[:2] for item in items)


def kept(name: str, /, **values: Any) -> Markup:
    """A template that is rendered once for the same values and then kept, for parts that are on page after page.

    It sees nothing but its values and the globals of all templates, and those values must be hashable. Anything that depends
    on the reader, or on the address beyond the network, must be one of them.
    """
    network = g.get("network")
    place = (request.script_root, network.slug if network is not None else "", language())
    env = current_app.jinja_env
    render = _rendered.__wrapped__ if env.auto_reload else _rendered
    return render(env, name, place, tuple(values.items()))


@lru_cache(maxsize=2_000)
def _rendered(
    env: Environment, name: str, _place: tuple[str, str, str], values: tuple[tuple[str, Any], ...]
) -> Markup:
    return Markup(env.get_template(name).render(dict(values)))  # noqa: S704 - a template escapes by itself


def _waiting_now() -> int | None:
    return _waiting()[0]() if current_actor().signed_in and _waiting() else None
