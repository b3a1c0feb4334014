"""The part of the catalogue that says how the committee is made up and filled. Pure data."""

from govnet.charter.kinds import Choice, Share, WholeNumber
from govnet.charter.thresholds import at_least
from govnet.kernel.messages import N_

SEATS = WholeNumber(
    key="committee.seats",
    default=9,
    title=N_("Places on the committee"),
    explains=N_("Empty places count as places."),
    clause=N_("The committee has %(value)s."),
    clause_zero=N_("There is no committee."),
    unit="places",
    least=0,
    most=60,
)
SISTER_SEATS = WholeNumber(
    key="committee.sister_seats",
    default=0,
    title=N_("Places for sister networks"),
    explains=N_("Of the committee’s places. Somebody from another network holds such a place."),
    clause=N_("Of these, %(value)s can be for sister networks, and no more."),
    clause_zero=N_("No place is for a sister network."),
    unit="places",
    least=0,
    most=20,
)
INDIVIDUAL_SEATS = WholeNumber(
    key="committee.individual_seats",
    default=0,
    title=N_("Places kept for members in person"),
    explains=N_(
        "The least number of the committee’s places for members in person. Nobody else can take these."
    ),
    clause=N_("At least %(value)s must be for members in person."),
    clause_zero=N_("No place is kept for members in person."),
    unit="places",
    least=0,
    most=60,
)
ORGANISATION_SEATS = WholeNumber(
    key="committee.organisation_seats",
    default=0,
    title=N_("Places kept for organisations"),
    explains=N_(
        "The least number of the committee’s places for organisations. Only people who speak for a member "
        "organisation can take these."
    ),
    clause=N_("At least %(value)s must be for people who speak for member organisations."),
    clause_zero=N_("No place is kept for organisations."),
    unit="places",
    least=0,
    most=60,
)
ONE_ORGANISATION = WholeNumber(
    key="committee.one_organisation",
    default=0,
    title=N_("People from one organisation"),
    explains=N_(
        "This counts everybody on the committee who speaks for the organisation, whichever place they hold."
    ),
    clause=N_("At most %(value)s on the committee can speak for the same organisation."),
    clause_zero=N_("Any number of people on the committee can speak for the same organisation."),
    unit="people",
    least=0,
    most=20,
)
UNFIT = Choice(
    key="committee.unfit",
    default="leaves",
    title=N_("Who no longer fits a place"),
    explains=N_(
        "For example, somebody whose membership ran out, who no longer speaks for an organisation, or who "
        "is one too many from it."
    ),
    clause=N_("%(value)s"),
    options={
        "leaves": N_("Anyone who no longer fits a place leaves it, unless that is put right in time."),
        "stays": N_(
            "Anyone who no longer fits a place keeps it until the term ends; the network is notified, and "
            "the next holder must fit."
        ),
    },
    woven={
        "leaves": N_(
            "Anyone who no longer fits a place has %(committee__unfit_days)s to put that right, then the "
            "place falls empty. If too many are from one organisation, the last to come leaves."
        )
    },
)
UNFIT_DAYS = WholeNumber(
    key="committee.unfit_days",
    default=30,
    title=N_("Time to fit a place again"),
    explains=N_("Counted from the day on which the holder and the officers are notified."),
    clause=N_("Anyone who no longer fits a place has %(value)s to put that right."),
    unit="days",
    least=0,
    most=180,
    when=("committee.unfit", frozenset({"leaves"})),
)
TERM_MONTHS = WholeNumber(
    key="committee.term_months",
    default=24,
    title=N_("Time on the committee"),
    explains=N_("How long a place is held before it is filled again."),
    clause=N_("A place on the committee is held for %(value)s."),
    unit="months",
    least=1,
    most=120,
)
STAGGERING = Choice(
    key="committee.staggering",
    default="none",
    title=N_("When places come up"),
    explains=N_("With turns, there are always people on the committee who know how things are done."),
    clause=N_("%(value)s"),
    options={
        "none": N_("Each place comes up when its own term ends."),
        "together": N_("All places come up together."),
        "halves": N_("Places come up in two turns: every second one on the list, then the others."),
        "thirds": N_("Places come up in three turns: every third one on the list at a time."),
    },
    woven={
        "together": N_("All places come up together, at the end of %(committee__turn_month)s."),
        "halves": N_(
            "Places come up in two turns, every second one on the list at a time, at the end of "
            "%(committee__turn_month)s; a term ends with the turn of its place."
        ),
        "thirds": N_(
            "Places come up in three turns, every third one on the list at a time, at the end of "
            "%(committee__turn_month)s; a term ends with the turn of its place."
        ),
    },
)
TURN_MONTH = Choice(
    key="committee.turn_month",
    retired=True,
    default="june",
    title=N_("The month in which places come up"),
    explains=N_(
        "The term ends on the last day of this month. Turns that are less than a year apart fall in other "
        "months too."
    ),
    clause=N_("A term ends with the month of %(value)s."),
    options={
        "january": N_("January"),
        "february": N_("February"),
        "march": N_("March"),
        "april": N_("April"),
        "may": N_("May"),
        "june": N_("June"),
        "july": N_("July"),
        "august": N_("August"),
        "september": N_("September"),
        "october": N_("October"),
        "november": N_("November"),
        "december": N_("December"),
    },
    when=("committee.staggering", frozenset({"together", "halves", "thirds"})),
)
CONSECUTIVE_TERMS = WholeNumber(
    key="committee.consecutive_terms",
    default=0,
    title=N_("Terms in a row"),
    explains=N_(
        "A break shorter than a whole term does not count as a break. A term that was cut short counts as "
        "a term."
    ),
    clause=N_("Nobody holds a place for more than %(value)s in a row; then they pause for one term."),
    clause_zero=N_("Somebody can hold a place for any number of terms in a row."),
    unit="terms",
    least=0,
    most=20,
)
VACANCY = Choice(
    key="committee.vacancy",
    default="coopt",
    title=N_("When a place falls empty"),
    explains=N_("When somebody leaves before their time is over."),
    clause=N_("%(value)s"),
    options={
        "decision": N_(
            "An empty place is filled only by a decision of the body that decides on the committee."
        ),
        "coopt": N_("The committee may appoint somebody to an empty place until its term would have ended."),
        "open": N_("An empty place stays empty until its term would have ended."),
    },
)
VACANCY_DAYS = WholeNumber(
    key="committee.vacancy_days",
    default=0,
    title=N_("Time to fill an empty place"),
    explains=N_(
        "Counted from the first day without a holder. No place is filled by itself: people are reminded."
    ),
    clause=N_(
        "A place that fell empty is filled within %(value)s; the officers are reminded, and everybody can "
        "see when it is late."
    ),
    clause_zero=N_("No time is set for filling a place that fell empty."),
    unit="days",
    least=0,
    most=365,
    when=("committee.vacancy", frozenset({"decision", "coopt"})),
)
CHAIR = Choice(
    key="committee.chair",
    default="committee",
    title=N_("Who names the chair"),
    explains=N_("The body whose decision fills the chair’s place."),
    clause=N_("The chair is named by %(value)s."),
    options={"committee": N_("the committee"), "members": N_("all members")},
)
COMMITTEE_QUORUM = Share(
    key="committee.quorum",
    default=at_least(1, 2),
    title=N_("How many of the committee must answer"),
    explains=N_("In decisions of the committee, of the people who hold a place when the proposal is opened."),
    clause=N_("The committee decides only if %(value)s of its members answer."),
)
PUBLISH_DAYS = WholeNumber(
    key="committee.publish_days",
    default=0,
    title=N_("Recording what the committee decided"),
    explains=N_("Counted from the day of the meeting. A late entry is accepted, with a reason."),
    clause=N_(
        "A decision of the committee at a meeting is recorded here within %(value)s. If it is later, "
        "everybody can read how late it is, and why."
    ),
    clause_zero=N_("No time is set for recording what the committee decides at a meeting."),
    unit="days",
    least=0,
    most=90,
)
