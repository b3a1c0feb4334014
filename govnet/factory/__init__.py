"""Builds the application: the one place that knows every feature."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from flask_login import current_user
from sqlalchemy import Engine
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from govnet.extensions import Migrations, babel, compress, csrf, db, limiter, login_manager, mail
from govnet.factory import modules
from govnet.kernel import clock, database, folders, logs, request_counts, url_converters
from govnet.kernel.actor import VISITOR, current_actor
from govnet.kernel.duties import take_up
from govnet.kernel.settings import load_config
from govnet.kernel.transaction import nothing_saved
from govnet.kernel.url_converters import FOR_MONITORS
from govnet.permissions import Can, can
from govnet.record import registry
from govnet.roles import Lookups, looks_up
from govnet.sign_in import sessions
from govnet.web import languages, pages, refusals
from govnet.web.hosts import KnownHosts, known_hosts
from govnet.web.origins import OwnWritesOnly
from govnet.web.templates import bind as bind_templates

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

for _name in modules.MODELS:
    importlib.import_module(f"govnet.{_name}")


def build(settings: Mapping[str, object] | None = None) -> Flask:
    """The application with every feature bound."""
    config = load_config().load()
    app = Flask(
        "govnet",
        root_path=str(folders.PACKAGE),
        template_folder=folders.beside("templates"),
        static_folder="static",
    )
    app.url_rule_class = url_converters.LateRule
    app.config.update(config.as_flask())
    app.config.update(settings or {})
    folders.ensure_directory(app.config["DATA_DIR"])
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", database.POSTGRESQL)
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", database.SQLITE)
    hosts = known_hosts(app.config["SITE_URL"], app.config["MORE_HOSTS"], production=config.production)
    app.wsgi_app = OwnWritesOnly(app.wsgi_app, app.config["SITE_URL"], _takes_any_sender(app))  # type: ignore[method-assign]
    app.wsgi_app = KnownHosts(app.wsgi_app, hosts, app.config["SITE_URL"])  # type: ignore[method-assign]
    if app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=app.config["TRUSTED_PROXIES"], x_proto=1)  # type: ignore[method-assign]
    clock.follow(Path(app.config["CLOCK_FILE"]) if app.config["CLOCK_FILE"] else None)
    logs.bind(app)
    from govnet.factory.duties import DUTIES

    app.after_request(_last_of_all)
    _bind_extensions(app)
    _bind_kernel(app)
    with app.app_context():
        take_up(DUTIES)
        _bind_rooms(app)
    return app


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    Migrations(app, folders.beside("migrations"))
    login_manager.init_app(app)
    mail.init_app(app)
    app.before_request(_take_actor)  # before the tokens of forms, which are bound to the signed-in person
    csrf.init_app(app)
    request_counts.bind(app)
    limiter.init_app(app)
    translations = str(Path(app.root_path) / "translations")
    babel.init_app(app, default_translation_directories=translations, locale_selector=languages.chosen)
    compress.init_app(app)
    with app.app_context():
        watch(app, db.engine)


def _takes_any_sender(app: Flask) -> Callable[[WSGIEnvironment], bool]:
    """Whether the view that a request would reach takes no form's token, and so may be sent from anywhere."""

    def exempt(environ: WSGIEnvironment) -> bool:
        try:
            endpoint, _values = app.url_map.bind_to_environ(environ).match()
        except HTTPException:
            return False
        view = app.view_functions[endpoint]
        return f"{view.__module__}.{view.__name__}" in csrf._exempt_views

    return exempt


def watch(app: Flask, engine: Engine) -> None:
    """Set up the engine's connections by the settings."""
    database.watch(engine, synchronous=app.config["SQLITE_SYNCHRONOUS"])


def _bind_kernel(app: Flask) -> None:
    from govnet.charter.queries import network_by_slug, rule_in_force
    from govnet.decisions.proposals.roll import for_all
    from govnet.membership.actor import actor_in
    from govnet.membership.networks import networks_of
    from govnet.offices.queries import by_role, holders
    from govnet.record.queries import head

    url_converters.bind(app, network_by_slug)
    pages.bind(app, head=head)
    refusals.bind(app, holders)
    with app.app_context():
        looks_up(Lookups(actor_in, rule_in_force, for_all, by_role))
    bind_templates(app)
    app.extensions["networks_of"] = networks_of
    app.jinja_env.globals.update(
        can=lambda right, subject=None: can(current_actor(), right, subject), Can=Can
    )


def _take_actor() -> None:
    """The actor of a request, made anew for each from current rows."""
    from govnet.membership.actor import actor_of

    g.actor = VISITOR
    nothing_saved()
    if request.endpoint == "static" or request.path in FOR_MONITORS:
        return  # the same for everybody, whatever the database does
    sessions.forget_ended()
    if current_user.is_authenticated:
        g.actor = actor_of(current_user.person_id, current_user.name, current_user.grant_id, g.get("network"))


def _last_of_all(response: Response) -> Response:
    """Work that nobody waits for."""
    sessions.seen()
    return response


def _bind_rooms(app: Flask) -> None:
    """Register the rooms from the ground up: words of the record, listeners, pages."""
    for events in _modules(modules.EVENTS):
        registry.learn(events)
    for listeners in _modules(modules.LISTENERS):
        listeners.bind()
    for views in _modules(modules.VIEWS):
        if hasattr(views, "bind"):
            views.bind(app)
        for blueprint in getattr(views, "blueprints", ()):
            app.register_blueprint(blueprint)


def _modules(names: Iterable[str]) -> list[ModuleType]:
    return [importlib.import_module(f"govnet.{name}") for name in names]
