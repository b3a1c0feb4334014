"""The network, or the site, as the foot and the list fields of its mails name it."""

from typing import Any

from flask import current_app
from flask_babel import gettext as _

from govnet.charter.queries import top_networks
from govnet.mail.compose import Home
from govnet.mail.links import site, site_url
from govnet.mail.render import ListFields


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
