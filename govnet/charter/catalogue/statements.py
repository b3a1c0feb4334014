"""The part of the catalogue for the network's own words: rules that no program can check. Pure data."""

from govnet.charter.kinds import OneLine, Statements
from govnet.kernel.messages import N_

OWN_NAME = OneLine(
    key="words.name",
    default="",
    title=N_("Our name"),
    explains=N_(
        "The name at the top of every page and in every mail. If this is empty, the network keeps the name "
        "that it began with."
    ),
    clause=N_("The network is called %(value)s."),
    clause_none=N_("The network keeps the name that it began with."),
    limit=200,
    is_name=True,
)
OWN_PURPOSE = OneLine(
    key="words.purpose",
    default="",
    title=N_("Our purpose"),
    explains=N_("In a sentence or two. If this is empty, the network keeps the purpose that it began with."),
    clause=N_("Our purpose: %(value)s."),
    clause_none=N_("The network keeps the purpose that it began with."),
    limit=1000,
)
OWN_CLAUSES = Statements(
    key="words.clauses",
    default=(),
    title=N_("What else we hold to"),
    explains=N_(
        "Write one sentence on each line. No program checks these: a member who sees one broken can rest a "
        "Stop on it."
    ),
    clause=N_("We also hold to this:"),
    clause_none=N_("We hold to nothing else in words of our own."),
)
