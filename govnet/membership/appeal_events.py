"""What happens when somebody who was declined appeals."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.membership.events import AboutApplication


class AdmissionAppealed(AboutApplication):
    """Whoever was declined asks two others to look at it again."""

    verb: ClassVar[str] = "membership.appealed"
    sentence: ClassVar[Any] = _l("%(name)s appealed against being declined.")


class AdmissionAppealHeard(AboutApplication):
    """One of two others said what they think of it."""

    verb: ClassVar[str] = "membership.appeal_heard"
    sentence: ClassVar[Any] = _l("%(actor)s heard the appeal of %(name)s.")


class AdmissionAppealStands(AboutApplication):
    """Two others said that the answer stands."""

    verb: ClassVar[str] = "membership.appeal_stands"
    sentence: ClassVar[Any] = _l("Two others looked at the application of %(name)s: it stays declined.")


class AdmissionAppealGranted(AboutApplication):
    """Two others said that the applicant is let in after all."""

    verb: ClassVar[str] = "membership.appeal_granted"
    sentence: ClassVar[Any] = _l("Two others looked at the application of %(name)s: it is yes after all.")
