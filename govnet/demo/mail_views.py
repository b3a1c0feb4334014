"""The demo's mailbox: every mail that was really sent over SMTP, for everybody to read. In demo mode only."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, flash, request
from flask_babel import gettext as _

from govnet.demo.caught import Caught, folder_in, one, some
from govnet.demo.forms import MailAnswerForm
from govnet.kernel import clock
from govnet.kernel.url_converters import asked_number
from govnet.mail.incoming import intake, reply_handlers
from govnet.mail.outgoing import preview
from govnet.permissions import Can, allows
from govnet.web.pages import never_cached, page, see

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
    before = asked_number("before")
    found = some(_folder(), to=to, before=before, limit=ON_A_PAGE + 1)
    older = found[ON_A_PAGE - 1].number if len(found) > ON_A_PAGE else None
    return page("demo/mails.html", mails=found[:ON_A_PAGE], to=to, older=older, first=before is None)


@bp.get("/demo/mail/<int:number>")
@allows(Can.READ)
def mail(number: int) -> Response:
    """One mail: its header fields, its text, and its HTML in a frame that can do nothing."""
    found = _mail(number)
    return _page(found, MailAnswerForm())


def _page(found: Caught, form: MailAnswerForm, code: int = 200) -> Response:
    answers_to = _answers_to(found)
    return page(
        "demo/mail.html",
        code,
        mail=found,
        headers=found.shown(),
        text=found.text(),
        form=form if answers_to else None,
    )


def _answers_to(found: Caught) -> str:
    """The address for answers, if the program reads it."""
    address = parseaddr(str(found.headers()["Reply-To"] or ""))[1]
    return address if reply_handlers.read_address(address) else ""


@bp.post("/demo/mail/<int:number>/answer")
@allows(Can.READ)
def answer(number: int) -> Response:
    """Answer a mail as its recipient: written as a mail, and handed in as a mail server would."""
    found, form = _mail(number), MailAnswerForm()
    to = _answers_to(found)
    if not to:
        abort(404)
    if not form.validate_on_submit():
        return _page(found, form, 422)
    intake.store(_reply(found, to, str(form.words.data)), to)
    flash(_("Your reply came in. A program reads it within seconds."), "success")
    return see(".mails", to=parseaddr(str(found.headers()["To"]))[1])


def _reply(found: Caught, to: str, words: str) -> bytes:
    asked = found.headers()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = str(asked["To"]), to, f"Re: {asked['Subject']}"
    mail["Date"], mail["Message-ID"] = format_datetime(clock.now()), make_msgid(domain="example.org")
    mail["In-Reply-To"] = str(asked["Message-ID"])
    quoted = "\n".join(f"> {line}" for line in found.text().splitlines())
    mail.set_content(f"{words}\n\n{asked['Date']}, {asked['From']}:\n{quoted}\n")
    return mail.as_bytes()


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
