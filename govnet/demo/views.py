"""The page of the demo: act as somebody with one click. Not there at all in production."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, abort, current_app, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from govnet.demo import roles
from govnet.extensions import db
from govnet.kernel.actor import current_actor
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from govnet.permissions import Can, allows
from govnet.sign_in import sessions
from govnet.web.pages import never_cached, page, see

bp = Blueprint("demo", __name__)


def bind(app: Flask) -> None:
    """Give the app these pages, but not where strangers use it."""
    if app.config["ENV_NAME"] != "production":
        app.register_blueprint(bp)


@bp.before_request
def _in_the_demo_only() -> None:
    if not current_app.config["DEMO"]:
        abort(404)
    never_cached()


@bp.get("/demo")
@allows(Can.READ)
def demo() -> Response:
    """Lists the roles to act in, the pages to look at, and the mails that were sent."""
    home = roles.network()
    known = current_app.view_functions
    me = roles.acting_in(home, current_actor().person_id)
    sights = [one for one in roles.sights(home) if one.endpoint in known] if home else []
    seen = [(one, roles.may_open(one, me)) for one in sights]
    return page("demo/demo.html", parts=roles.parts(), sights=seen, home=home)


@bp.post("/demo/act-as")
@allows(Can.READ)
def act_as() -> Response:
    """Sign in as one of the demo's people, or out as a visitor."""
    part = roles.part(request.form.get("person", ""))
    if part is None:
        abort(404)
    _sign_out()
    if part.person_id is not None:
        with transaction():
            person = db.session.get_one(Person, part.person_id)
            _row, token = sessions.new_session(person, browser=_("the demo page"))
        sessions.keep(token)
    flash(_("You are %(name)s now.", name=part.name) if part.name else _("You are a visitor now."), "success")
    return see(".demo")


def _sign_out() -> None:
    if current_user.is_authenticated:
        with transaction():
            sessions.end_session(current_user.session_id)
    sessions.forget()
