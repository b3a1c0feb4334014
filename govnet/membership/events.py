"""Events of people and organisations that join, belong and leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from govnet.charter.models import Network
from govnet.membership.models import AdmissionObjection, Application, Membership, RepresentationClaim
from govnet.people.models import Organisation, Representation
from govnet.record.events import Event, Visibility

OFFICES = ("steering", "chair", "coordinator")


class AboutApplication(Event):
    """One step of an application; only the applicant and the officers can read it."""

    visibility: ClassVar[Visibility] = Visibility.COMMITTEE
    words_of: ClassVar[frozenset[str]] = frozenset({"name"})
    subject: ClassVar[str] = "application"

    application: Application
    name: str


class Applied(AboutApplication):
    """Somebody who has confirmed the address asks to join."""

    verb: ClassVar[str] = "membership.applied"
    sentence: ClassVar[Any] = _l("%(name)s asked to join.")


class ApplicantMaySpeak(AboutApplication):
    """The applicant may speak for the organisation that joins, which was waited for: the officers decide."""

    verb: ClassVar[str] = "membership.may_speak"
    sentence: ClassVar[Any] = _l("%(name)s, who asked to join, may now speak for the organisation.")


class ApplicationAsked(AboutApplication):
    """An officer wants to know something before deciding."""

    verb: ClassVar[str] = "membership.asked"
    sentence: ClassVar[Any] = _l("%(actor)s asked %(name)s about the application: %(question)s")
    words_of: ClassVar[frozenset[str]] = frozenset({"name", "question"})

    question: str


class ApplicationAnswered(AboutApplication):
    """The applicant answered; the officers decide."""

    verb: ClassVar[str] = "membership.answered"
    sentence: ClassVar[Any] = _l("%(name)s answered the question about the application.")


class ApplicationDeclined(AboutApplication):
    """An officer said no, with a reason."""

    verb: ClassVar[str] = "membership.declined"
    sentence: ClassVar[Any] = _l("%(actor)s declined the application of %(name)s: %(reason)s")
    words_of: ClassVar[frozenset[str]] = frozenset({"name", "reason"})

    reason: str


class ApplicationWithdrawn(AboutApplication):
    """The applicant took it back."""

    verb: ClassVar[str] = "membership.withdrawn"
    sentence: ClassVar[Any] = _l("%(name)s took the application back.")


class Vouched(AboutApplication):
    """A member vouches for an applicant."""

    verb: ClassVar[str] = "membership.vouched"
    sentence: ClassVar[Any] = _l("%(actor)s vouched for %(name)s.")
    visibility: ClassVar[Visibility] = Visibility.MEMBERS


class AdmissionAnnounced(AboutApplication):
    """Somebody was let in and is a member from a day on, unless a member objects before."""

    verb: ClassVar[str] = "membership.announced"
    sentence: ClassVar[Any] = _l("%(name)s was let in, from %(on)s on unless a member objects.")
    visibility: ClassVar[Visibility] = Visibility.MEMBERS

    on: date


class AdmissionObjected(AboutApplication):
    """A member objects to somebody who was let in; the committee decides."""

    verb: ClassVar[str] = "membership.objected"
    sentence: ClassVar[Any] = _l("%(actor)s objected to letting %(name)s in: %(reason)s")
    words_of: ClassVar[frozenset[str]] = frozenset({"name", "reason"})
    subject: ClassVar[str] = "objection"

    objection: AdmissionObjection
    reason: str


class _AboutMembership(Event):
    """Something about a membership: for members, and public where the name may be."""

    visibility: ClassVar[Visibility] = Visibility.MEMBERS
    words_of: ClassVar[frozenset[str]] = frozenset({"name"})
    subject: ClassVar[str] = "membership"

    membership: Membership
    name: str

    def names_actor(self) -> bool:
        """For an organisation the public reads which officer decided, and not who speaks for it."""
        return self.membership.organisation_id is None or self.act.under.role in OFFICES


class MemberAdmitted(_AboutMembership):
    """An officer let somebody in, by criteria that were agreed to."""

    verb: ClassVar[str] = "membership.admitted"
    sentence: ClassVar[Any] = _l("%(name)s became a member. %(actor)s decided.")

    application: Application
    charter: int
    criteria: int


class MemberJoined(_AboutMembership):
    """Somebody became a member at once, because the charter lets people in so."""

    verb: ClassVar[str] = "membership.joined"
    sentence: ClassVar[Any] = _l("%(name)s became a member.")

    application: Application
    charter: int
    criteria: int


class MembershipConfirmed(_AboutMembership):
    """Somebody from the old list said yes: from now on they are on the roll."""

    verb: ClassVar[str] = "membership.confirmed"
    sentence: ClassVar[Any] = _l("%(name)s, from the old list, confirmed the membership.")


class MembershipRestarted(_AboutMembership):
    """Somebody whose membership had run out started again."""

    verb: ClassVar[str] = "membership.restarted"
    sentence: ClassVar[Any] = _l("%(name)s is a member again.")


class MembershipRenewed(_AboutMembership):
    """A member stays: the membership goes on until it is to be renewed again."""

    verb: ClassVar[str] = "membership.renewed"
    sentence: ClassVar[Any] = _l("%(name)s renewed the membership.")
    visibility: ClassVar[Visibility] = Visibility.SUBJECT


class MembershipLapsed(_AboutMembership):
    """Nobody renewed a membership in time, though asked twice: it is on no roll until it starts again."""

    verb: ClassVar[str] = "membership.lapsed"
    sentence: ClassVar[Any] = _l("The membership of %(name)s ran out: it was not renewed.")


class RenewalUnheard(_AboutMembership):
    """An organisation's membership is to be renewed, and nobody speaks for it."""

    verb: ClassVar[str] = "membership.renewal_unheard"
    sentence: ClassVar[Any] = _l(
        "Nobody speaks for %(name)s: its membership runs out after %(last_day)s unless somebody does and "
        "renews it."
    )

    organisation: Organisation
    last_day: date


class MemberResigned(_AboutMembership):
    """Somebody left; what they wrote and decided stays."""

    verb: ClassVar[str] = "membership.resigned"
    sentence: ClassVar[Any] = _l("%(name)s left the network.")


class NamingChanged(_AboutMembership):
    """A member said whether the public may see the name."""

    verb: ClassVar[str] = "membership.naming"
    sentence: ClassVar[Any] = _l("%(name)s chose who may see their name.")
    visibility: ClassVar[Visibility] = Visibility.SUBJECT

    public: bool


class RosterImported(Event):
    """The roster of an old list was brought in."""

    verb: ClassVar[str] = "membership.roster"
    sentence: ClassVar[Any] = _l(
        "%(actor)s brought in the old list: %(members)s to confirm that they are members, %(readers)s."
    )
    subject: ClassVar[str] = "of"

    of: Network
    members: int
    subscribers: int

    @classmethod
    def said(cls, values: Mapping[str, Any]) -> str:
        """One reader, or so many readers."""
        readers = ngettext("%(num)s reader", "%(num)s readers", int(values["subscribers"]))
        return str(cls.sentence) % {
            "actor": values["actor"],
            "members": values["members"],
            "readers": readers,
        }


class RosterTakenBack(Event):
    """The arrivals of a list that nobody had touched since were ended again."""

    verb: ClassVar[str] = "membership.roster_taken_back"
    sentence: ClassVar[Any] = _l(
        "%(actor)s took back the list that was brought in on %(on)s: %(memberships)s and %(readers)s that "
        "nobody had used."
    )
    subject: ClassVar[str] = "of"

    of: Network
    on: date
    members: int
    subscribers: int
    stay: int

    @classmethod
    def said(cls, values: Mapping[str, Any]) -> str:
        """As whole sentences, for any numbers."""
        members, readers = int(values["members"]), int(values["subscribers"])
        counted = {
            "memberships": ngettext(
                "%(num)s membership to confirm", "%(num)s memberships to confirm", members
            ),
            "readers": ngettext("%(num)s subscription", "%(num)s subscriptions", readers),
        }
        return str(cls.sentence) % {**values, **counted}


class AdmissionAppealed(AboutApplication):
    """A declined applicant asks two others to look at it again."""

    verb: ClassVar[str] = "membership.appealed"
    sentence: ClassVar[Any] = _l("%(name)s appealed against being declined.")


class AdmissionAppealHeard(AboutApplication):
    """One of two others said what they think of it."""

    verb: ClassVar[str] = "membership.appeal_heard"
    sentence: ClassVar[Any] = _l("%(actor)s heard the appeal of %(name)s.")


class AdmissionAppealStands(AboutApplication):
    """Two others said that the answer stands."""

    verb: ClassVar[str] = "membership.appeal_stands"
    sentence: ClassVar[Any] = _l("Two other people looked at the application of %(name)s: it stays declined.")


class AdmissionAppealGranted(AboutApplication):
    """Two others said that the applicant is let in after all."""

    verb: ClassVar[str] = "membership.appeal_granted"
    sentence: ClassVar[Any] = _l(
        "Two other people looked at the application of %(name)s: the answer is now yes."
    )


class _AboutOrganisation(Event):
    """The people who speak for an organisation: members read it, even if the public sees the name on its page today."""

    visibility: ClassVar[Visibility] = Visibility.MEMBERS
    words_of: ClassVar[frozenset[str]] = frozenset({"name"})
    subject: ClassVar[str] = "voice"

    voice: Representation | RepresentationClaim
    organisation: Organisation
    title: str
    """The organisation's name."""
    name: str


class RepresentativeNamed(_AboutOrganisation):
    """Somebody speaks and answers for the organisation from now on."""

    verb: ClassVar[str] = "organisation.represented"
    sentence: ClassVar[Any] = _l("%(name)s now speaks for %(title)s.")


class AlternateNamed(_AboutOrganisation):
    """Somebody may stand in for the person who speaks for the organisation."""

    verb: ClassVar[str] = "organisation.alternate"
    sentence: ClassVar[Any] = _l("%(name)s can now stand in for %(title)s.")


class RepresentationEnded(_AboutOrganisation):
    """Somebody no longer speaks for the organisation."""

    verb: ClassVar[str] = "organisation.unrepresented"
    sentence: ClassVar[Any] = _l("%(name)s no longer speaks for %(title)s.")


class RepresentationClaimed(_AboutOrganisation):
    """Somebody says that they may speak for an organisation; an officer, or somebody who speaks for it, confirms that."""

    verb: ClassVar[str] = "organisation.claimed"
    sentence: ClassVar[Any] = _l("%(name)s says that they may speak for %(title)s.")
    visibility: ClassVar[Visibility] = Visibility.COMMITTEE


class ClaimDeclined(_AboutOrganisation):
    """It was not confirmed that somebody may speak for the organisation."""

    verb: ClassVar[str] = "organisation.claim_declined"
    sentence: ClassVar[Any] = _l("%(actor)s did not confirm that %(name)s may speak for %(title)s.")
    visibility: ClassVar[Visibility] = Visibility.COMMITTEE
