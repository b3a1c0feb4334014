"""The part of the catalogue that says how proposals are made, answered and closed. Pure data."""

from govnet.charter.kinds import Choice, Choices, Share, WholeNumber
from govnet.charter.thresholds import at_least, more_than
from govnet.kernel.messages import N_

PROPOSE = Choice(
    key="decisions.who_may_propose",
    default="members",
    title=N_("Who can propose something"),
    explains=N_("Answers are open as soon as a proposal is made."),
    clause=N_("A proposal can be made by %(value)s."),
    options={"members": N_("every member"), "committee": N_("the committee")},
)
WITH_STOP = ("decisions.answers", frozenset({"block"}))
"""Rules about Stops apply only where people can say Stop."""
ANSWERS = Choices(
    key="decisions.answers",
    default=frozenset({"reservations", "stand-aside", "block", "no-view"}),
    title=N_("Answers beside Agree"),
    explains=N_(
        "This is about proposals with one question; between options, “No view” is always offered. Answers "
        "that are not ticked are no longer offered."
    ),
    clause=N_("Beside “Agree”, people can answer: %(value)s."),
    options={
        "reservations": N_("“Agree, with a worry”"),
        "stand-aside": N_("“Disagree, but go ahead”"),
        "block": N_("“Stop”"),
        "no-view": N_("“No view”"),
    },
)
VOICE = Choice(
    key="decisions.voice",
    default="each",
    title=N_("Whose answers count"),
    explains=N_("Whatever is chosen, nobody can give two answers that count in one decision."),
    clause=N_("%(value)s"),
    options={
        "each": N_("Every member has one answer that counts, and every organisation has one."),
        "organisations": N_(
            "Only the answers of organisations count; the answers of people are shown beside them."
        ),
    },
)
MINIMUM_DAYS_OPEN = WholeNumber(
    key="decisions.minimum_days_open",
    default=7,
    title=N_("Shortest time to answer"),
    explains=N_("More than a week reaches members who read only a weekly mail."),
    clause=N_("Everybody has at least %(value)s to answer a proposal."),
    unit="days",
    least=1,
    most=90,
)
MAXIMUM_DAYS_OPEN = WholeNumber(
    key="decisions.maximum_days_open",
    default=60,
    title=N_("Longest time to answer"),
    explains=N_(
        "Counted from the day on which a proposal is first opened, including every change of its text."
    ),
    clause=N_("A proposal is closed after %(value)s at the latest."),
    unit="days",
    least=7,
    most=365,
)
EXTENSION_DAYS = WholeNumber(
    key="decisions.extension_days",
    default=7,
    title=N_("Time to answer a new version"),
    explains=N_(
        "When a proposal’s text changes, everybody is asked again and has at least this long, as far as "
        "the closing day can still be moved."
    ),
    clause=N_("When its text changes, everybody is asked again and has at least %(value)s more."),
    unit="days",
    least=1,
    most=60,
)
CLOSING_HOUR = WholeNumber(
    key="decisions.closing_hour",
    default=18,
    title=N_("Hour at which answers close"),
    explains=N_(
        "By the clock in the network’s time zone. Answers never close on a Saturday, a Sunday or a holiday "
        "that is kept."
    ),
    clause=N_("Answers close at %(value)s on a working day."),
    unit="hour",
    least=0,
    most=23,
)
HOLIDAYS = Choice(
    key="decisions.holidays",
    default="none",
    title=N_("Public holidays that are kept"),
    explains=N_("No answer and no objection is due on one of these: it is due on the next working day."),
    clause=N_("%(value)s"),
    options={
        "none": N_("Public holidays are days like any other."),
        "GB-ENG": N_("Nothing closes on a public holiday in England."),
        "GB-WLS": N_("Nothing closes on a public holiday in Wales."),
        "GB-SCT": N_("Nothing closes on a public holiday in Scotland."),
        "GB-NIR": N_("Nothing closes on a public holiday in Northern Ireland."),
        "IE": N_("Nothing closes on a public holiday in Ireland."),
        "FR": N_("Nothing closes on a public holiday in France."),
        "DE": N_("Nothing closes on a public holiday in Germany."),
        "NL": N_("Nothing closes on a public holiday in the Netherlands."),
        "ES": N_("Nothing closes on a public holiday in Spain."),
        "PT": N_("Nothing closes on a public holiday in Portugal."),
        "IT": N_("Nothing closes on a public holiday in Italy."),
        "PL": N_("Nothing closes on a public holiday in Poland."),
        "US": N_("Nothing closes on a public holiday in the United States."),
        "CA": N_("Nothing closes on a public holiday in Canada."),
        "AU": N_("Nothing closes on a public holiday in Australia."),
        "NZ": N_("Nothing closes on a public holiday in New Zealand."),
    },
)
ALWAYS_TOLD = Choices(
    key="decisions.always_told",
    default=frozenset({"opening", "last_day", "result", "charter"}),
    title=N_("What everybody concerned is always notified of"),
    explains=N_(
        "By a separate mail, however little mail somebody takes. For anything not ticked, people get as "
        "much mail as they chose."
    ),
    clause=N_("However little mail they take, the people who can answer are notified of this: %(value)s."),
    options={
        "opening": N_("new questions"),
        "last_day": N_("that the last day has come or has moved"),
        "result": N_("how it ended or why it did not go on"),
        "charter": N_("everything about these rules"),
    },
)
QUORUM = Choice(
    key="decisions.quorum",
    default="none",
    title=N_("How many must answer"),
    explains=N_("With too few answers nothing is decided. “No view” counts as an answer here."),
    clause=N_("%(value)s"),
    options={
        "none": N_("A decision counts however few answer."),
        "count": N_("A decision counts only if a set number of the people who could answer did."),
        "fraction": N_("A decision counts only if a set share of the people who could answer did."),
        "both": N_(
            "A decision counts only if both a set number and a set share of the people who could answer did."
        ),
    },
    woven={
        "count": N_("A decision counts only if at least %(decisions__quorum_count)s answered."),
        "fraction": N_(
            "A decision counts only if %(decisions__quorum_share)s of the people who could answer did."
        ),
        "both": N_(
            "A decision counts only if at least %(decisions__quorum_count)s answered, and "
            "%(decisions__quorum_share)s of the people who could."
        ),
    },
)
QUORUM_COUNT = WholeNumber(
    key="decisions.quorum_count",
    default=10,
    title=N_("How many must answer, as a number"),
    explains=N_("Used where a number of answers is asked for."),
    clause=N_("At least %(value)s must answer."),
    unit="members",
    least=1,
    most=10000,
    when=("decisions.quorum", frozenset({"count", "both"})),
)
QUORUM_SHARE = Share(
    key="decisions.quorum_share",
    default=at_least(1, 10),
    title=N_("How many must answer, as a share"),
    explains=N_("Of everybody who could answer when the proposal opened."),
    clause=N_("Of those who could answer, %(value)s must."),
    when=("decisions.quorum", frozenset({"fraction", "both"})),
)
MINIMUM_AGREEMENT = Share(
    key="decisions.minimum_agreement",
    default=more_than(0, 1),
    title=N_("How many must say that they agree"),
    explains=N_("Of everybody who answered, so that silence and “No view” alone never carry a proposal."),
    clause=N_("By consensus, a proposal needs %(value)s of those who answer to say Agree."),
)
ASIDES_CEILING = Share(
    key="decisions.asides_ceiling",
    default=more_than(1, 1),
    title=N_("How many may disagree"),
    explains=N_(
        "When this share of those who took a side disagrees, even without stopping it, it is not agreed."
    ),
    clause=N_("It is not agreed if %(value)s of those who took a side disagree, in whichever way."),
    clause_never=N_("There is no limit to how many may disagree."),
)
BLOCKS_TOLERATED = WholeNumber(
    key="decisions.blocks_tolerated",
    default=0,
    title=N_("How many Stops a proposal survives"),
    explains=N_("With 0, a single Stop with a reason is enough to stop a proposal."),
    clause=N_("By consensus, a proposal goes ahead against %(value)s and no more."),
    clause_zero=N_("A single Stop, with its reason, stops a proposal."),
    unit="stops",
    least=0,
    most=20,
    when=WITH_STOP,
)
FALLBACK = Choice(
    key="decisions.fallback",
    default="none",
    title=N_("What happens after a Stop"),
    explains=N_("A waiting time lets people find a text that everybody can live with."),
    clause=N_("%(value)s"),
    options={
        "none": N_("A proposal that is stopped is not agreed; it can be proposed again in other words."),
        "majority": N_(
            "By consensus, a proposal that is stopped stays open for a waiting time, and then a vote decides."
        ),
    },
    woven={
        "majority": N_(
            "By consensus, a proposal that is stopped stays open for another %(decisions__fallback_days)s. "
            "After that, it is agreed if %(decisions__fallback_majority)s of those who took a side agree."
        ),
    },
    when=WITH_STOP,
)
FALLBACK_DAYS = WholeNumber(
    key="decisions.fallback_days",
    default=14,
    title=N_("Waiting time after a Stop"),
    explains=N_("Answers can be changed and Stops taken back during this time."),
    clause=N_("The waiting time is %(value)s."),
    unit="days",
    least=1,
    most=90,
    when=("decisions.fallback", frozenset({"majority"})),
)
FALLBACK_MAJORITY = Share(
    key="decisions.fallback_majority",
    default=at_least(3, 4),
    title=N_("Vote that carries it after a Stop"),
    explains=N_("Of those who took a side: agreed, or disagreed in either way."),
    clause=N_("After that, it is agreed if %(value)s of those who took a side agree."),
    when=("decisions.fallback", frozenset({"majority"})),
)
SUPERMAJORITY = Share(
    key="decisions.supermajority",
    default=at_least(2, 3),
    title=N_("Large majority"),
    explains=N_("Where a matter is decided by a large majority, this is how large."),
    clause=N_("A large majority means %(value)s of those who took a side."),
)
VISIBLE = Choice(
    key="decisions.positions_visible",
    default="at_once",
    title=N_("When members see each other’s answers"),
    explains=N_("Visitors see people’s names beside answers only if those people agreed."),
    clause=N_("Members see each other’s answers %(value)s."),
    options={
        "at_once": N_("at once"),
        "after_own": N_("once they have answered themselves"),
        "at_close": N_("once the proposal has closed"),
    },
)
OBJECTION_DAYS = WholeNumber(
    key="decisions.objection_days",
    default=7,
    title=N_("Time to object to a decision taken elsewhere"),
    explains=N_("For decisions of a meeting or the e-mail list. After an objection, everybody is asked."),
    clause=N_("A decision of a meeting or the e-mail list stands unless somebody objects within %(value)s."),
    unit="days",
    least=1,
    most=60,
)
