"""What the decisions bring to the floors below and to the worker."""

from govnet.charter.queries import decisions_are_named_by
from govnet.decisions import closing, register
from govnet.kernel.duties import duty


def bind() -> None:
    """Name decisions for the charter's pages, and close and remind when it is time."""
    decisions_are_named_by(register.named)
    duty("close proposals", closing.close_due)
    duty("remind of the last day", closing.remind_due, seconds=30)
