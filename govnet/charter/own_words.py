"""The part of the catalogue that is the network's own words: what holds though no program can check it. Pure data."""

from govnet.charter.kinds import Statements
from govnet.kernel.said import N_

OWN_CLAUSES = Statements(
    key="words.clauses",
    default=(),
    title=N_("What else holds among us"),
    explains=N_(
        "One sentence a line, in your own words. No program checks these: a member who sees one broken can rest "
        "a Stop on it."
    ),
    clause=N_("We also hold to this:"),
    clause_none=N_("Nothing else is laid down in words of our own."),
)
