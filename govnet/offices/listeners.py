"""What offices do by themselves."""

from govnet.kernel.duties import duty
from govnet.offices.desk import on_desk
from govnet.offices.ending import record_ends
from govnet.offices.rooms import below


def bind() -> None:
    """Record the end of terms and mandates, a few seconds after midnight; fill the desk."""
    on_desk(below)
    duty("end offices", record_ends, seconds=5)
