"""The one question about mail."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from govnet.kernel.form_tokens import TokenForm
from govnet.mail.volume import Volume

VOLUMES = [
    SelectChoice(Volume.EVERYTHING.value, _l("Everything")),
    SelectChoice(Volume.CONCERNS_ME.value, _l("What concerns me")),
    SelectChoice(Volume.DIGEST.value, _l("A weekly digest")),
    SelectChoice(Volume.VOTES.value, _l("Only votes")),
]


NOTES = {
    Volume.EVERYTHING: _l("Every post, as it is written."),
    Volume.CONCERNS_ME: _l("Answers to you, discussions you take part in or follow, news, votes."),
    Volume.DIGEST: _l("One mail a week with all that happened, if anything did."),
    Volume.VOTES: _l("When you are asked to answer, and what came of it."),
}


class Plain(TokenForm):
    """A form that sets something: sent twice it sets it twice, so it needs no key of its own."""

    form_errors: list[str]


class VolumeForm(Plain):
    """How much mail?"""

    volume = RadioField(_l("How much mail?"), choices=VOLUMES, validators=[InputRequired(_l("Choose one."))])
