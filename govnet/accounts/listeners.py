"""What accounts bring to the registries: their own part of the export, of forgetting, and of the worker's duties."""

from __future__ import annotations

from govnet.accounts import export, links, moving
from govnet.accounts.yours import forget, yours
from govnet.kernel.duties import duty
from govnet.mail.actions import forget_person


def bind() -> None:
    """Called once by the factory."""
    yours("account", export.account)
    yours("record", export.entries)
    yours("mail", export.mail)
    forget(_forget_mail)
    duty("forget old sign-in links", links.forget_old, seconds=600)
    duty("forget old addresses", moving.forget_old, seconds=600)


def _forget_mail(person_id: int) -> None:
    forget_person(person_id)
