"""The part of the catalogue that says which ways of deciding a proposer has, and what a draft needs. Pure data."""

from govnet.charter.kinds import Choice, WholeNumber, YesNo
from govnet.kernel.messages import N_

CONSENT_INSTEAD = YesNo(
    key="decisions.consent_instead",
    retired=True,
    default=True,
    title=N_("Asking for objections instead of agreement"),
    explains=N_(
        "Where something is decided by consensus, the proposer can just ask whether anybody objects. This "
        "is never possible for these rules themselves."
    ),
    clause=N_(
        "Where something is decided by consensus, a proposal may ask only for objections. Then silence is "
        "fine, and a Stop ends it. These rules themselves always need agreement."
    ),
    clause_no=N_("Nothing that needs agreement is decided by asking only for objections."),
)
OPTIONS_SETTLE = Choice(
    key="decisions.options_settle",
    default="advice",
    title=N_("What a choice between options settles"),
    explains=N_("These rules themselves never change by a choice between options."),
    clause=N_("%(value)s"),
    options={
        "advice": N_("A choice between several options shows what people prefer, and binds nobody."),
        "decides": N_("In a choice between several options, the option that comes first is decided."),
    },
)
RANKING_RULE = Choice(
    key="decisions.ranking_rule",
    default="irv",
    title=N_("How rankings are counted"),
    explains=N_("Used when options are put in an order. “None of these” is always one of them."),
    clause=N_("When people put options in an order, %(value)s."),
    options={
        "irv": N_("the last option goes out, round by round, until one has more than half"),
        "borda": N_("an option gets a point for each other option that stands below it, from everybody"),
    },
)
DOTS = WholeNumber(
    key="decisions.dots",
    default=5,
    title=N_("Dots to give away"),
    explains=N_("Where people show with dots what they prefer, everybody has this many."),
    clause=N_("Where options are chosen with dots, everybody has %(value)s to give away."),
    unit="dots",
    least=1,
    most=20,
)
SPONSORS = WholeNumber(
    key="decisions.sponsors",
    default=0,
    title=N_("How many must support a draft"),
    explains=N_(
        "The number of members besides its author who must want a draft opened for answers. With 0, nobody "
        "else is needed."
    ),
    clause=N_("A proposal stays a draft until it is supported by %(value)s besides its author."),
    clause_zero=N_("Nobody else has to support a proposal before it is opened for answers."),
    unit="members",
    least=0,
    most=20,
)
NOTICE_DAYS = WholeNumber(
    key="decisions.notice_days",
    default=0,
    title=N_("Notice before a proposal is opened"),
    explains=N_(
        "How long a draft must stay unchanged before it can be opened for answers. With 0, it can be "
        "opened at once."
    ),
    clause=N_("Before a proposal is opened for answers, its draft must have been unchanged for %(value)s."),
    clause_zero=N_("A proposal can be opened at once, without notice."),
    unit="days",
    least=0,
    most=30,
)
