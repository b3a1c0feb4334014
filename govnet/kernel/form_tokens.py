"""The token in every form: bound to the browser's session and to the person signed in, so that no form outlives either."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask import Flask, current_app, g, request, session
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf, validate_csrf
from wtforms import ValidationError


def _secret() -> str:
    return f"{current_app.config['SECRET_KEY']}\0{session.get('_user_id', '')}"


def form_token() -> str:
    """The token for a form on this page."""
    return str(generate_csrf(_secret()))


class FormTokens(CSRFProtect):
    """Flask-WTF's protection, with tokens of ours. web/origins decides before where forms may come from."""

    def init_app(self, app: Flask) -> None:
        """Look at every write's token, and let templates make one."""
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = form_token
        app.context_processor(lambda: {"csrf_token": form_token})

    def protect(self, apply_exemptions: bool = False) -> None:
        """Raise CSRFError for a write without a token that is worth something here and now."""
        if request.method not in current_app.config["WTF_CSRF_METHODS"]:
            return
        if apply_exemptions and (not request.endpoint or self._is_exempt()):
            return
        try:
            validate_csrf(self._get_csrf_token(), _secret())
        except ValidationError as error:
            raise CSRFError(error.args[0]) from error
        g.csrf_valid = True


class TokenForm(FlaskForm):
    """The base of every form."""

    class Meta(FlaskForm.Meta):
        """Flask-WTF's, with our token."""

        @cached_property
        def csrf_secret(self) -> Any:
            """The secret that signs the form's token."""
            return _secret()
