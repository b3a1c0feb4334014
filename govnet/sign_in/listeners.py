"""What signing in has the worker do."""

from __future__ import annotations

from govnet.kernel.duties import duty
from govnet.sign_in import address_change, links


def bind() -> None:
    """Forget what nobody can use any more."""
    duty("forget old sign-in links", links.forget_old, seconds=600)
    duty("forget old addresses", address_change.forget_old, seconds=600)
