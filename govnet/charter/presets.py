"""Three charters to start from, each a set of differences from the defaults. Pure data."""

from collections.abc import Mapping
from typing import Any

from govnet.kernel.messages import N_

_OPEN: tuple[str, ...] = (
    N_("I share the purpose of this network."),
    N_("I take part for the common good, not to sell something."),
)
_CODE: tuple[str, ...] = (
    N_("I argue with what people say, not with who they are."),
    N_("I say so openly when I have an interest in what is decided."),
    N_("I keep private what people tell me in private."),
)

STARTING: Mapping[str, Mapping[str, Any]] = {
    "loose": {
        "membership.admission": "immediate",
        "committee.unfit": "stays",
        "decisions.minimum_days_open": 5,
        "decisions.extension_days": 5,
        "decisions.extension_most_days": 14,
        "decisions.always_told": ["opening", "charter"],
        "decisions.stop_needs": "reason",
        "decisions.close_early": "all_answered",
        "decisions.review_members": 3,
        "decisions.objection_days": 7,
        "conduct.who_may_hide": "committee",
        **{f"matters.{matter}_body": "all" for matter in ("money", "statement", "mandate")},
    },
    "usual": {
        "membership.criteria": list(_OPEN),
        "conduct.code": list(_CODE),
        "membership.admission": "committee",
        "membership.renewal_months": 12,
        "committee.consecutive_terms": 3,
        "committee.vacancy_days": 180,
        "committee.publish_days": 14,
        "committee.one_organisation": 2,
        "decisions.minimum_days_open": 8,
        "decisions.quorum": "both",
        "decisions.quorum_count": 10,
        "decisions.quorum_share": {"at_least": "1/10"},
        "decisions.minimum_agreement": {"at_least": "1/2"},
        "decisions.asides_ceiling": {"more_than": "1/3"},
        "decisions.fallback": "majority",
        "matters.money_body": "committee",
        "matters.money_method": "majority",
        "matters.members_body": "committee",
    },
    "strict": {
        "membership.criteria": [*_OPEN, N_("I hold no elected office and speak for no government.")],
        "conduct.code": list(_CODE),
        "membership.admission": "committee",
        "membership.objection_days": 14,
        "membership.appeal_days": 30,
        "membership.renewal_months": 12,
        "membership.roll_days": 30,
        "committee.consecutive_terms": 2,
        "committee.vacancy_days": 90,
        "committee.publish_days": 7,
        "committee.staggering": "halves",
        "committee.one_organisation": 1,
        "committee.unfit": "leaves",
        "committee.unfit_days": 14,
        "committee.vacancy": "decision",
        "committee.chair": "members",
        "decisions.minimum_days_open": 14,
        "decisions.extension_days": 10,
        "decisions.extension_most_days": 30,
        "decisions.frozen_hours": 48,
        "decisions.notice_days": 7,
        "decisions.sponsors": 2,
        "decisions.always_told": ["opening", "last_day", "result", "charter"],
        "decisions.review_members": 10,
        "decisions.quorum": "both",
        "decisions.quorum_count": 20,
        "decisions.quorum_share": {"at_least": "1/4"},
        "decisions.minimum_agreement": {"at_least": "2/3"},
        "decisions.asides_ceiling": {"at_least": "1/4"},
        "decisions.positions_visible": "after_own",
        "decisions.objection_days": 14,
        "matters.charter_method": "supermajority",
        "charter.majority": {"at_least": "3/4"},
        "matters.money_method": "supermajority",
        "coordinator.term_months": 12,
        "coordinator.report_months": 6,
        "coordinator.may_announce": False,
        "conduct.appeal_days": 30,
        "conduct.who_may_hide": "chair",
        "committee.quorum": {"at_least": "2/3"},
    },
}
NAMES: Mapping[str, str] = {"loose": N_("Loose"), "usual": N_("Usual"), "strict": N_("Strict")}
ABOUT: Mapping[str, str] = {
    "loose": N_(
        "Anybody can join at once, nobody must answer, and one Stop stops a proposal. Many networks begin "
        "like this."
    ),
    "usual": N_(
        "Members agree to a few sentences, ten members or a tenth must answer, and a Stop gives people two "
        "weeks."
    ),
    "strict": N_("Long times to answer, a quarter must answer, and the rules change only by three quarters."),
}
