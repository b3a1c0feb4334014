"""The part of the catalogue about letters that people sign in their own names. Pure data."""

from govnet.charter.kinds import WholeNumber
from govnet.kernel.messages import N_

LETTERS_DAYS = WholeNumber(
    key="decisions.letters_days",
    retired=True,
    default=7,
    title=N_("Time to sign a letter"),
    explains=N_("The least time for which people can sign a letter before it is sent."),
    clause=N_("A letter that people sign in their own names is open for signatures for at least %(value)s."),
    unit="days",
    least=1,
    most=90,
)
