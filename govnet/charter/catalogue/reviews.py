"""The part of the catalogue about reviews of decisions. Pure data."""

from govnet.charter.kinds import WholeNumber
from govnet.kernel.messages import N_

REVIEW_MEMBERS = WholeNumber(
    key="decisions.review_members",
    default=5,
    title=N_("How many members can have a decision looked at again"),
    explains=N_(
        "Each member can ask once. When enough have asked, everybody is asked whether to take it back."
    ),
    clause=N_("A decision is looked at again as soon as %(value)s ask for it."),
    unit="members",
    least=1,
    most=1000,
)
