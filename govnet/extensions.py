"""The Flask extensions: made here, bound in create_app."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_mail import Mail
from flask_sqlalchemy import SQLAlchemy

from govnet.kernel.client_address import asker
from govnet.kernel.form_tokens import FormTokens
from govnet.kernel.models import Base


class RouteLimiter(Limiter):
    """Flask-Limiter for the limits of single routes, which ask for themselves: no other limit is looked for at each request."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
"""Committed rows can still be read without a statement, so that an answer that was saved does not fail on its way out."""
login_manager = LoginManager()
login_manager.session_protection = None  # its mark in visitors' cookies would outlive what they were set for
mail = Mail()
csrf = FormTokens()
limiter = RouteLimiter(key_func=asker)
babel = Babel()
compress = Compress()


class Migrations:
    """Flask-Migrate, imported when its extension is first asked for: Alembic takes longer to import than most commands run."""

    def __init__(self, app: Flask, directory: str) -> None:
        self._app, self._directory = app, directory
        app.extensions["migrate"] = self

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        Migrate().init_app(self._app, db, directory=self._directory, render_as_batch=True)
        return getattr(self._app.extensions["migrate"], name)
