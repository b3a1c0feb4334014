"""What announcements do when something happens below them."""

from govnet.announcements.dispatch import hold_of_mandate, send_due
from govnet.kernel.duties import duty
from govnet.kernel.events import listen
from govnet.offices.events import MandateOver


def bind() -> None:
    """Hold what an ended mandate can't send any more; send what is due."""
    listen(MandateOver, hold_of_mandate)
    duty("send announcements", send_due, seconds=1)
