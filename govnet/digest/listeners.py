"""What the digest has the worker do."""

from __future__ import annotations

from govnet.digest import actions
from govnet.kernel.duties import duty


def bind() -> None:
    """Write when Monday has come."""
    duty("digest", actions.run, seconds=60)
