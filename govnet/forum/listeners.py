"""What the forum brings to the page "You", to the export of what is somebody's, and to her leaving."""

from __future__ import annotations

from govnet.forum import moderation, personal, verifying
from govnet.kernel.duties import duty
from govnet.kernel.signals import listen
from govnet.people.addresses import PersonErased


def bind() -> None:
    """Say what is news for whom, what is held about a person, and how it is let go."""
    listen(PersonErased, personal.forget_addresses)
    verifying.bind()
    duty("remove what the law wants gone", moderation.remove_due, seconds=60)
