"""What announcements do when something happens below them."""

from govnet.accounts.waiting import Group, news
from govnet.announcements.desk import unsent
from govnet.announcements.dispatch import hold_of_mandate, send_due
from govnet.kernel.duties import duty
from govnet.kernel.events import listen
from govnet.offices.desk import on_desk
from govnet.offices.events import MandateOver


def bind() -> None:
    """Hold what an ended mandate can't send any more; send what is due."""
    on_desk(unsent)
    news(Group.NEWS, "announcements.sent")
    listen(MandateOver, hold_of_mandate)
    duty("send announcements", send_due, seconds=1)
