"""Builds the application: the one place that knows every feature."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request
from flask_login import current_user
from sqlalchemy import Engine
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from govnet.extensions import Migrations, babel, compress, csrf, db, limiter, login_manager, mail
from govnet.kernel import clock, database, folders, logs, paths, request_counts
from govnet.kernel.actor import VISITOR, current_actor
from govnet.kernel.paths import FOR_MONITORS
from govnet.kernel.settings import load_config
from govnet.kernel.transaction import nothing_saved
from govnet.permissions import Can, actors_are, can
from govnet.record import registry
from govnet.sign_in import sessions
from govnet.web import languages, pages, refusals
from govnet.web.hosts import KnownHosts, known_hosts
from govnet.web.origins import OwnWritesOnly
from govnet.web.templates import bind as bind_templates

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

FEATURES = (
    "people",
    "record",
    "charter",
    "mail",
    "sign_in",
    "offices",
    "membership",
    "forum",
    "decisions",
    "committee",
    "coordinator",
    "letters",
    "announcements",
    "digest",
    "home",
    "desk",
    "accounts",
    "operations",
    "demo",
)
"""From the ground up. Each may have models, events, notify (with bind()) and views (with bp, or bind(app))."""


for _feature in FEATURES:
    if (
        folders.PACKAGE / _feature / "models.py"
    ).exists():  # all tables are known before any of them is asked for
        importlib.import_module(f"govnet.{_feature}.models")


def build(settings: Mapping[str, object] | None = None) -> Flask:
    """The application with every feature bound."""
    config = load_config().load()
    app = Flask(
        "govnet",
        root_path=str(folders.PACKAGE),
        template_folder=folders.beside("templates"),
        static_folder="static",
    )
    app.url_rule_class = paths.LateRule
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
    features = _feature_modules()
    app.after_request(_last_of_all)
    _bind_extensions(app)
    _bind_kernel(app)
    for modules in features:
        _bind_feature(app, modules)
    return app


def _feature_modules() -> list[dict[str, ModuleType]]:
    """Every feature's modules that exist, imported before anything is bound; all tables before whatever selects from them."""
    found = []
    for feature in FEATURES:
        if (folders.PACKAGE / feature / "models.py").exists():
            importlib.import_module(f"govnet.{feature}.models")
    for feature in FEATURES:
        folder = folders.PACKAGE / feature
        names = [n for n in ("models", "events", "listeners", "notify") if (folder / f"{n}.py").exists()]
        names += sorted(p.stem for p in folder.glob("*views.py"))
        found.append({name: importlib.import_module(f"govnet.{feature}.{name}") for name in names})
    return found


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    Migrations(app, folders.beside("migrations"))
    login_manager.init_app(app)
    mail.init_app(app)
    app.before_request(_take_actor)  # before the tokens of forms, which are bound to who is signed in
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
    """Set up the engine's connections as the settings say."""
    database.watch(engine, synchronous=app.config["SQLITE_SYNCHRONOUS"])


def _bind_kernel(app: Flask) -> None:
    from govnet.charter.holidays import public_holidays
    from govnet.charter.kinds import names_are_judged_by
    from govnet.charter.queries import network_by_slug
    from govnet.charter.working_days import holidays_are
    from govnet.kernel.person_names import trouble
    from govnet.membership.actor import actor_in
    from govnet.membership.networks import networks_of
    from govnet.offices.queries import holders
    from govnet.record.queries import head

    paths.bind(app, network_by_slug)
    pages.bind(app, head=head)
    refusals.bind(app, holders)
    holidays_are(public_holidays)
    names_are_judged_by(trouble)
    actors_are(actor_in)
    bind_templates(app)
    app.extensions["networks_of"] = networks_of
    app.jinja_env.globals.update(
        can=lambda right, subject=None: can(current_actor(), right, subject), Can=Can
    )


def _take_actor() -> None:
    """Who is asking, judged anew for each request from current rows."""
    from govnet.membership.actor import actor_of

    g.actor = VISITOR
    nothing_saved()
    if request.endpoint == "static" or request.path in FOR_MONITORS:
        return  # the same for everybody, whatever the database does
    sessions.forget_ended()
    if current_user.is_authenticated:
        g.actor = actor_of(current_user.person_id, current_user.name, current_user.grant_id, g.get("network"))


def _last_of_all(response: Response) -> Response:
    """What nobody waits for."""
    sessions.seen()
    return response


def _bind_feature(app: Flask, modules: Mapping[str, Any]) -> None:
    if "events" in modules:
        registry.learn(modules["events"])
    for name in ("listeners", "notify"):
        if name in modules:
            modules[name].bind()
    for name, views in modules.items():
        if not name.endswith("views"):
            continue
        if hasattr(views, "bind"):
            views.bind(app)
        for blueprint in getattr(views, "blueprints", ()):
            app.register_blueprint(blueprint)
