"""Compares letters with the record."""

from collections.abc import Iterator

from sqlalchemy import select

from govnet.letters.models import Letter
from govnet.record.audit import other_html
from govnet.record.registry import checks


def bind() -> None:
    """Have their pages compared."""
    checks(changed_pages)


def changed_pages(network_id: int) -> Iterator[str]:
    """Letters, and replies to them, that read otherwise on their page than they were written."""
    here = Letter.network_id == network_id
    texts = select(Letter.id, Letter.text, Letter.html).where(here)
    yield from other_html(texts, "the page of letter %(name)s does not show its text")
    replies = select(Letter.id, Letter.reply, Letter.reply_html).where(here, Letter.reply != "")
    yield from other_html(replies, "the page of letter %(name)s does not show the reply")
