"""What happens when people say that they speak for organisations, do so, and stop."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.membership.models import RepresentationClaim
from govnet.people.models import Organisation, Representation
from govnet.record.events import Event, Visibility


class _AboutOrganisation(Event):
    """Who speaks for an organisation: members read it, whoever else may see the name on its page today."""

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
    """Somebody may stand in for who speaks for the organisation."""

    verb: ClassVar[str] = "organisation.alternate"
    sentence: ClassVar[Any] = _l("%(name)s can now stand in for %(title)s.")


class RepresentationEnded(_AboutOrganisation):
    """Somebody no longer speaks for the organisation."""

    verb: ClassVar[str] = "organisation.unrepresented"
    sentence: ClassVar[Any] = _l("%(name)s no longer speaks for %(title)s.")


class RepresentationClaimed(_AboutOrganisation):
    """Somebody says that they may speak for an organisation; officers or who speaks for it confirm it."""

    verb: ClassVar[str] = "organisation.claimed"
    sentence: ClassVar[Any] = _l("%(name)s says that they may speak for %(title)s.")
    visibility: ClassVar[Visibility] = Visibility.COMMITTEE


class ClaimDeclined(_AboutOrganisation):
    """It was not confirmed that somebody may speak for the organisation."""

    verb: ClassVar[str] = "organisation.claim_declined"
    sentence: ClassVar[Any] = _l("%(actor)s did not confirm that %(name)s may speak for %(title)s.")
    visibility: ClassVar[Visibility] = Visibility.COMMITTEE
