"""From a feature's mail template to a letter: rendered twice, as text and as HTML, in the reader's
language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import css_inline
from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from jinja2 import Environment, Template
from markupsafe import Markup

from govnet.charter.queries import top_networks
from govnet.mail.message import LARGEST_BODY, ListFields, MailKind
from govnet.mail.outgoing.body_blocks import HtmlParts, Parts, TextParts
from govnet.mail.page_addresses import site, site_url
from govnet.mail.subjects import fits, headed, short_day

_BLANK_LINES = re.compile(r"\n\s*\n\s*\n")
_OF_SUBJECTS = {"fits": fits, "headed": headed, "short_day": short_day}
_BUDGETS = (None, 16_000, 6_000, 1_500)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a mail comes from, for its foot: a network, or the site itself."""

    name: str
    site: str
    contact_name: str
    contact_email: str
    less_url: str
    witness: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail as text: the parts of a letter."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class MailDraft:
    """A template, what it may name, and where the mail comes from."""

    template: str
    context: Mapping[str, Any]
    home: Home
    kind: MailKind
    language: str = "en"


def rendered(draft: MailDraft) -> Rendered:
    """The mail as text, people's own texts in it cut as far as the largest body asks for."""
    with force_locale(draft.language):
        for most in _BUDGETS:
            found = _rendered(draft, most)
            if _weight(found) <= LARGEST_BODY:
                break
        return found


def _weight(mail: Rendered) -> int:
    """About what quoted-printable makes of it: three bytes for each that is not ASCII, and some for line
    ends.
    """
    return (
        sum(len(t) + 2 * sum(len(c.encode()) for c in t if not c.isascii()) for t in (mail.text, mail.html))
        * 21
        // 20
    )


def _rendered(draft: MailDraft, most: int | None) -> Rendered:
    text_env, html_env = _environments(current_app._get_current_object())  # type: ignore[attr-defined]
    text = _blocks(text_env, draft, TextParts(most, site()))
    html = _blocks(html_env, draft, HtmlParts(most, site()))
    subject = " ".join(text["subject"].split())
    foot = {name: getattr(draft.home, name) for name in Home.__slots__}
    common = {"language": draft.language, "kind": draft.kind.value, "subject": subject, **foot}
    plain = text_env.get_template("mail/layout.txt").render(
        common,
        body=_BLANK_LINES.sub("\n\n", text["body"]).strip() + "\n",
        reason=" ".join(text["reason"].split()),
    )
    whole = html_env.get_template("mail/layout.html").render(
        common, body=Markup(html["body"]), reason=Markup(html["reason"])  # noqa: S704
    )  # fmt: skip
    return Rendered(subject, plain.strip() + "\n", _inliner().inline(whole))


def _blocks(env: Environment, draft: MailDraft, parts: Parts) -> dict[str, str]:
    template = env.get_template(f"mail/{draft.template}.txt")
    values = {**parts.names(), **_OF_SUBJECTS, "url": site_url, "home": draft.home, **draft.context}
    return {name: _block(template, name, values) for name in ("subject", "body", "reason")}


def _block(template: Template, name: str, values: Mapping[str, Any]) -> str:
    context = template.new_context(dict(values))
    return "".join(template.blocks[name](context))


@lru_cache(maxsize=4)
def _environments(app: Flask) -> tuple[Environment, Environment]:
    """The app's templates, once without and once with escaping."""
    return app.jinja_env.overlay(autoescape=False), app.jinja_env.overlay(autoescape=True)


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True, keep_style_tags=False)


def home_of(network: Any, *, member: bool) -> Home:
    """For the foot of a mail; the site's own mails name the contact of its first network."""
    if network is None:
        return _site_home()
    return Home(
        name=network.name,
        site=f"{site()}/{network.slug}",
        contact_name=network.contact_name,
        contact_email=network.contact_email,
        less_url=site_url("accounts.volume") if member else site_url("mail.about", network=network),
    )


def _site_home() -> Home:
    first = next(iter(top_networks()), None)
    return Home(
        name=first.name if first else _("govnet"),
        site=site(),
        contact_name=first.contact_name if first else "",
        contact_email=first.contact_email if first else "",
        less_url=site_url("accounts.volume"),
    )


def list_of(network: Any) -> ListFields:
    """The network as a list; nothing can be posted to it by mail yet."""
    return ListFields(
        id=f"{network.slug}.{current_app.config['MAIL_DOMAIN']}",
        name=network.name,
        archive=f"{site()}/{network.slug}",
        help=site_url("mail.about", network=network),
    )
