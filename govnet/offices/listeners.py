"""What offices do by themselves."""

from govnet.kernel.duties import duty
from govnet.offices.ending import record_ends


def bind() -> None:
    """Record the end of terms and mandates, a few seconds after midnight."""
    duty("end offices", record_ends, seconds=5)
