"""govnet: a home for networks that govern themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

__version__ = "0.2.0"


def create_app(settings: Mapping[str, object] | None = None) -> Flask:
    """The application, with settings from the environment and then from `settings`."""
    from govnet.kernel.memory import uncollected

    with uncollected():
        from govnet.factory import build

        return build(settings)
