"""The part of the catalogue that says who belongs, how one comes in and stays, and who talks. Pure data."""

from govnet.charter.kinds import Choice, Choices, Statements, WholeNumber, YesNo
from govnet.kernel.messages import N_

KINDS = Choices(
    key="membership.kinds",
    default=frozenset({"individual", "organisation"}),
    title=N_("Who can be a member"),
    explains=N_("The kinds of membership that people are offered when they join."),
    clause=N_("Members can be: %(value)s."),
    options={"individual": N_("people"), "organisation": N_("organisations"), "observer": N_("observers")},
)
CRITERIA = Statements(
    key="membership.criteria",
    default=(),
    title=N_("What members agree to"),
    explains=N_("People tick each sentence separately when they join."),
    clause=N_("Anyone who joins agrees to each of these:"),
    clause_none=N_("There is nothing that members must agree to: anyone who shares our purpose can join."),
)
ADMISSION = Choice(
    key="membership.admission",
    default="committee",
    title=N_("Who lets new members in"),
    explains=N_("This applies once somebody who wants to join has confirmed their address."),
    clause=N_("%(value)s"),
    options={
        "immediate": N_("Anyone who asks to join becomes a member as soon as the address is confirmed."),
        "sponsors": N_("Anyone who asks to join is let in as soon as enough members vouch for them."),
        "coordinator": N_(
            "The coordinator decides who joins, and gives a reason for each no. While there is no "
            "coordinator, somebody on the committee does."
        ),
        "committee": N_("Somebody on the committee decides who joins, and gives a reason for each no."),
    },
    woven={
        "sponsors": N_(
            "Anyone who asks to join is let in once vouched for by %(membership__sponsors)s. The committee "
            "can ask something first, or decline with a reason."
        )
    },
)
ADMISSION_SPONSORS = WholeNumber(
    key="membership.sponsors",
    default=2,
    title=N_("How many members must vouch"),
    explains=N_(
        "Each of them knows the person who wants to join, and says so once. Nobody vouches for themselves."
    ),
    clause=N_("Anyone who asks to join needs %(value)s to vouch for them."),
    unit="members",
    least=1,
    most=20,
    when=("membership.admission", frozenset({"sponsors"})),
)
ADMISSION_OBJECTION_DAYS = WholeNumber(
    key="membership.objection_days",
    default=0,
    title=N_("Time to object to a new member"),
    explains=N_(
        "Members are notified when somebody is let in. An objection, with a reason, brings the matter to "
        "the committee."
    ),
    clause=N_(
        "Anyone who was let in is a member %(value)s later, unless a member objects with a reason; "
        "then the committee decides."
    ),
    clause_zero=N_("Anyone who was let in is a member at once."),
    unit="days",
    least=0,
    most=60,
)
ADMISSION_APPEAL_DAYS = WholeNumber(
    key="membership.appeal_days",
    default=14,
    title=N_("Time to appeal after being declined"),
    explains=N_(
        "Two other people, not the one who declined, hear the appeal, and have the same time again. "
        "Applying again stays possible."
    ),
    clause=N_(
        "Anyone who was declined can appeal within %(value)s. Two other officers decide, never the one who "
        "declined."
    ),
    clause_zero=N_("Anyone who was declined can apply again, but not appeal."),
    unit="days",
    least=0,
    most=90,
)
RENEWAL_MONTHS = WholeNumber(
    key="membership.renewal_months",
    default=0,
    title=N_("How long a membership lasts until it is renewed"),
    explains=N_(
        "One click renews it. People who have lost interest are then not counted among those who must answer."
    ),
    clause=N_("A membership is renewed every %(value)s, with one click."),
    clause_zero=N_("A membership goes on until its member leaves."),
    unit="months",
    least=0,
    most=120,
)
GRACE_DAYS = WholeNumber(
    key="membership.grace_days",
    default=60,
    title=N_("Time to renew a membership"),
    explains=N_("Counted from the mail that asks; a second mail goes out before the end."),
    clause=N_(
        "Anyone who does not renew within %(value)s of being asked is no longer a member, and can start "
        "again "
        "with one click."
    ),
    unit="days",
    least=14,
    most=365,
    when=("membership.renewal_months", frozenset(range(1, 121))),
)
ROLL_DAYS = WholeNumber(
    key="membership.roll_days",
    default=0,
    title=N_("How long somebody is a member before their answer counts"),
    explains=N_(
        "So that nobody is brought in for one decision. Counted on the day on which a proposal opens."
    ),
    clause=N_("Anyone who has been a member for %(value)s when a proposal opens can answer it."),
    clause_zero=N_("Anyone who is a member when a proposal opens can answer it."),
    unit="days",
    least=0,
    most=365,
)
START_THREADS = Choice(
    key="discussion.who_may_start",
    default="members",
    title=N_("Who can start a discussion"),
    explains=N_("Reading public discussions is open to everybody and is not set here."),
    clause=N_("A discussion can be started by %(value)s."),
    options={"members": N_("every member"), "committee": N_("the committee and the coordinator")},
)
POST = Choice(
    key="discussion.who_may_post",
    default="members",
    title=N_("Who can write in a discussion"),
    explains=N_("Anyone who cannot write can still read, follow and report."),
    clause=N_("In a discussion, %(value)s can write."),
    options={"members": N_("every member"), "anyone": N_("everybody who has signed in")},
)
MEMBERS_TOPICS = YesNo(
    key="discussion.members_topics",
    default=True,
    title=N_("Discussions for members only"),
    explains=N_("A discussion that was started for members only stays so, whatever is chosen later."),
    clause=N_("A discussion can be for members only."),
    clause_no=N_("Discussions are public: none can be for members only."),
)
