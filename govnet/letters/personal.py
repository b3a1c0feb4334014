"""What the letters hold about a person, and what becomes of it when she removes her name: the count stays."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from govnet.extensions import db
from govnet.letters.models import Letter, Signature

_IN_BULK = {"synchronize_session": False}


def held(person_id: int) -> dict[str, Any]:
    """The letters that she started, and those that she signed, for herself or for an organisation."""
    started = select(Letter).where(Letter.author_id == person_id).order_by(Letter.id)
    signed = (
        select(Letter.title, Signature.name, Signature.at)
        .join(Letter, Letter.id == Signature.letter_id)
        .where(Signature.signed_by_id == person_id)
        .order_by(Signature.at, Signature.id)
    )
    return {
        "started": [_letter(each) for each in db.session.scalars(started)],
        "signed": [
            {"letter": row.title, "as": row.name, "at": row.at.isoformat()}
            for row in db.session.execute(signed)
        ],
    }


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "network": letter.network_id,
        "title": letter.title,
        "to": letter.addressed_to,
        "text": letter.text,
        "at": letter.opened_at.isoformat(),
        "state": letter.state.value,
        "reason": letter.why,
    }


def forget(person_id: int) -> None:
    """Empty her name under each letter, and her reasons; what others signed with her stays as they signed it."""
    mine = update(Signature).where(Signature.person_id == person_id).values(name="", erased=True)
    db.session.execute(mine.execution_options(**_IN_BULK))
    reasons = update(Letter).where(Letter.author_id == person_id).values(why="", erased=True)
    db.session.execute(reasons.execution_options(**_IN_BULK))
    db.session.expire_all()
