"""The part of the catalogue about changing an open proposal, and about the contents of a Stop. Pure data."""

from govnet.charter.catalogue.proposals import WITH_STOP
from govnet.charter.kinds import Choice, Statements, WholeNumber
from govnet.kernel.messages import N_

EXTENSION_MOST = WholeNumber(
    key="decisions.extension_most_days",
    default=21,
    title=N_("Most time that new versions can add"),
    explains=N_(
        "However often the text changes: counted from the day on which answers were first due to close."
    ),
    clause=N_("New versions move the closing day by at most %(value)s in all."),
    unit="days",
    least=0,
    most=180,
)
FROZEN_HOURS = WholeNumber(
    key="decisions.frozen_hours",
    default=24,
    title=N_("Last hours without changes"),
    explains=N_("So that nobody finds a different text from the one that they slept on."),
    clause=N_("In the last %(value)s before answers close, the text can’t be changed."),
    clause_zero=N_("The text can be changed until answers close."),
    unit="hours",
    least=0,
    most=168,
)
EXTEND = Choice(
    key="decisions.extend",
    default="proposer",
    title=N_("Giving more time"),
    explains=N_("Always with a reason that everybody can read, and never beyond the longest time to answer."),
    clause=N_("%(value)s"),
    options={
        "proposer": N_("The author of a proposal can give it more time, with a reason."),
        "never": N_("Answers close on the day that was set, unless the text changes."),
    },
)
CLOSE_EARLY = Choice(
    key="decisions.close_early",
    default="never",
    title=N_("Closing early"),
    explains=N_("People who were promised a day to answer by may still be thinking, or talking to others."),
    clause=N_("%(value)s"),
    options={
        "never": N_("Nothing closes before its day."),
        "all_answered": N_(
            "Once everybody whose answer counts has answered, its proposer can close it, with a reason."
        ),
    },
)
ENTERED_MOST = WholeNumber(
    key="decisions.entered_most",
    default=10,
    title=N_("Answers entered for others"),
    explains=N_(
        "The committee can enter the answer of somebody who telephoned or wrote. That person is notified, "
        "and can undo it. In the last day before answers close nothing is entered, so that there is time "
        "for that."
    ),
    clause=N_(
        "Of the answers that count, the committee can have entered at most %(value)s for others, but "
        "always one."
    ),
    clause_zero=N_("Nobody enters an answer for somebody else."),
    unit="percent",
    least=0,
    most=100,
)
TAKE_BACK = Choice(
    key="decisions.take_back",
    retired=True,
    default="proposer",
    title=N_("Taking a proposal back"),
    explains=N_("Always with a reason. A proposal that was taken back stays readable and gets no number."),
    clause=N_("A proposal can be taken back by the person who made it, %(value)s."),
    options={
        "proposer": N_("until answers close"),
        "unanswered": N_("as long as nobody else has answered"),
    },
)
STOP_NEEDS = Choice(
    key="decisions.stop_needs",
    default="principle",
    title=N_("What a Stop must say"),
    explains=N_("Others can only reply to a Stop when they know what it rests on."),
    clause=N_("%(value)s"),
    options={
        "principle": N_(
            "A Stop says why, which of our principles it rests on, and what would let that member live "
            "with the proposal."
        ),
        "reason": N_("A Stop says why, and what would let that member live with the proposal."),
    },
    when=WITH_STOP,
)
PRINCIPLES = Statements(
    key="decisions.principles",
    default=(),
    title=N_("What a Stop can rest on"),
    explains=N_(
        "Write one principle on each line. If there are none, a Stop can rest on our purpose, on what "
        "members agree to, on how we treat each other, or on what else we hold to."
    ),
    clause=N_("A Stop can rest on one of these:"),
    clause_none=N_(
        "A Stop can rest on our purpose, on what members agree to, on how we treat each other, or on what "
        "else we hold to."
    ),
    when=("decisions.stop_needs", frozenset({"principle"})),
)
WHO_MAY_STOP = Choice(
    key="decisions.who_may_stop",
    default="everyone",
    title=N_("Who can say Stop"),
    explains=N_("Everybody else can disagree and let it go ahead, and say why."),
    clause=N_("Stop can be said by %(value)s."),
    options={
        "everyone": N_("everybody whose answer counts"),
        "organisations": N_("organisations only"),
    },
    when=WITH_STOP,
)
