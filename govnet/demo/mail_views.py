"""The demo's mailbox: every mail that was really sent over SMTP, for everybody to read. In demo mode only."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, current_app, request

from govnet.demo.catcher import Caught, folder_in, one, some
from govnet.kernel.pages import never_cached, page
from govnet.mail import preview
from govnet.permissions import Can, allows

bp = Blueprint("demo_mail", __name__)
blueprints = (bp,)
ON_A_PAGE = 50


@bp.before_request
def _in_the_demo_only() -> None:
    if not current_app.config["DEMO"]:
        abort(404)
    never_cached()


def _folder() -> Path:
    return folder_in(current_app.config["DATA_DIR"])


def _mail(number: int) -> Caught:
    found = one(_folder(), number)
    if found is None:
        abort(404)
    return found


@bp.get("/demo/mail")
@allows(Can.READ)
def mails() -> Response:
    """The newest fifty, or those before one of them; to one address if asked."""
    to = request.args.get("to", "")[:254]
    before = request.args.get("before", type=int)
    found = some(_folder(), to=to, before=before, limit=ON_A_PAGE + 1)
    older = found[ON_A_PAGE - 1].number if len(found) > ON_A_PAGE else None
    return page("demo/mails.html", mails=found[:ON_A_PAGE], to=to, older=older, first=before is None)


@bp.get("/demo/mail/<int:number>")
@allows(Can.READ)
def mail(number: int) -> Response:
    """One mail: its header fields, its text, and its HTML in a frame that can do nothing."""
    found = _mail(number)
    return page("demo/mail.html", mail=found, headers=found.shown(), text=found.text())


@bp.get("/demo/mail/<int:number>.html")
@allows(Can.READ)
def html(number: int) -> Response:
    """The HTML part alone, sandboxed."""
    return preview.response(_mail(number).html())


@bp.get("/demo/mail/<int:number>.eml")
@allows(Can.READ)
def raw(number: int) -> Response:
    """The mail as it went over the wire."""
    answer = Response(_mail(number).raw(), content_type="message/rfc822")
    answer.headers["Content-Disposition"] = f'inline; filename="{number}.eml"'
    return answer
