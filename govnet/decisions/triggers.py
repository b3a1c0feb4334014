"""Rules that no CHECK can hold: closed is closed, answers only while open, numbers without a gap."""

from govnet.decisions.rules.outcome import ADOPTED
from govnet.kernel.triggers import ALWAYS, CODE, differs, in_postgresql, refuse, same, trigger

_FIXED = {"UPDATE": ALWAYS, "DELETE": ALWAYS}
_ASKED = "(SELECT state FROM proposal_version WHERE id = {version}) <> 'draft'"


def _fixed_once_asked(version: str) -> dict[str, str]:
    """The parts beside a text: fixed from the opening; `version` is the key of that text in the row."""
    asked = _ASKED.format(version=version)
    return {"UPDATE": asked, "DELETE": asked}


refuse(
    "proposal_version_closed",
    "proposal_version",
    "a closed version never changes",
    {"UPDATE": "OLD.state = 'closed'", "DELETE": ALWAYS},
)
refuse(
    "proposal_version_words",
    "proposal_version",
    "what people answer never changes while they do",
    {
        "UPDATE": "OLD.state <> 'draft' AND "
        + differs(
            "proposal_id",
            "number",
            "question",
            "text",
            "html",
            "changes",
            "method",
            "opened_at",
            "roll_size",
            "charter_version_id",
            "author_id",
            "considered",
            "sources",
            "trial_until",
            "trial_signs",
            "in_force_on",
        )
    },
)
_ASKS = "NEW.state = 'open' AND (SELECT state FROM proposal WHERE id = NEW.proposal_id) <> 'asked'"
refuse(
    "proposal_version_asked",
    "proposal_version",
    "a draft asks nobody",
    {"INSERT": _ASKS, "UPDATE": f"OLD.state <> 'open' AND {_ASKS}"},
)
refuse(
    "proposal_draft_asks_nobody",
    "proposal",
    "a draft asks nobody",
    {
        "UPDATE": "NEW.state <> 'asked' AND EXISTS "
        "(SELECT 1 FROM proposal_version WHERE proposal_id = NEW.id AND state = 'open')"
    },
)
_TIGHT = "(CASE {row}.visible WHEN 'at_once' THEN 0 WHEN 'after_own' THEN 1 ELSE 2 END)"
refuse(
    "proposal_version_protects",
    "proposal_version",
    "what was hidden stays hidden while people answer",
    {"UPDATE": f"OLD.state <> 'draft' AND {_TIGHT.format(row='NEW')} < {_TIGHT.format(row='OLD')}"},
)
refuse("decision_fixed", "decision", "a decision is never edited", _FIXED)
refuse(
    "meeting_note_fixed",
    "meeting_note",
    "a note of a meeting is never edited",
    {
        "UPDATE": "OLD.taken_back_at IS NOT NULL OR "
        + differs("network_id", "title", "text", "door", "taken_on", "taken_where", "at"),
        "DELETE": ALWAYS,
    },
)
refuse("decision_note_fixed", "decision_note", "a note beside a decision is never edited", _FIXED)
refuse(
    "proposal_roll_fixed",
    "proposal_roll",
    "a roll never changes once it is taken",
    {
        "UPDATE": differs("version_id", "membership_id", "person_id", "organisation_id", "counted"),
        "DELETE": ALWAYS,
    },
)

_NAMED_IN = "(SELECT version_id FROM office_change WHERE id = OLD.change_id)"
refuse(
    "office_change_fixed",
    "office_change",
    "what a proposal names never changes",
    _fixed_once_asked("OLD.version_id"),
)
refuse(
    "office_person_fixed",
    "office_person",
    "whom a proposal names never changes",
    _fixed_once_asked(_NAMED_IN),
)
refuse(
    "proposal_option_fixed",
    "proposal_option",
    "what people choose between never changes",
    _fixed_once_asked("OLD.version_id"),
)
refuse(
    "review_request_fixed",
    "review_request",
    "who asked for a review has asked for it",
    {
        "UPDATE": differs("id", "decision_id", "person_id", "at")
        + " OR (OLD.reason IS NOT NEW.reason AND NEW.reason <> '')",
        "DELETE": ALWAYS,
    },
)

_CLOSED = "this version is closed"
_IS_CLOSED = "(SELECT state FROM proposal_version WHERE id = {row}.version_id) = 'closed'"
_WAS_CLOSED, _IS_CLOSED_NOW = _IS_CLOSED.format(row="OLD"), _IS_CLOSED.format(row="NEW")
_KEEPS = same("id", "version_id", "entry_id", "cast_by_id", "kind", "principle", "choices", "counted", "recused",
              "door", "at", "salt")  # fmt: skip
_ERASES = f"(NEW.erased AND NEW.reason = '' AND NEW.remedy = '' AND {_KEEPS})"
trigger(
    "position_while_open",
    "position",
    when="BEFORE INSERT OR UPDATE OR DELETE",
    sqlite=f"BEFORE INSERT ON position WHEN {_IS_CLOSED_NOW} BEGIN SELECT RAISE(ABORT, '{_CLOSED}');",
    also=(
        f"BEFORE UPDATE ON position WHEN {_WAS_CLOSED} AND NOT {_ERASES} BEGIN SELECT RAISE(ABORT, '{_CLOSED}');",
        f"BEFORE DELETE ON position WHEN {_WAS_CLOSED} BEGIN SELECT RAISE(ABORT, '{_CLOSED}');",
    ),
    postgresql=f"""
DECLARE
  version_id_ bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
  state_ text;
BEGIN
  SELECT state INTO state_ FROM proposal_version WHERE id = version_id_ FOR SHARE;
  IF state_ = 'closed' THEN
    IF TG_OP <> 'UPDATE' THEN RAISE EXCEPTION '{_CLOSED}' {CODE}; END IF;
    IF NOT {in_postgresql(_ERASES)} THEN
      RAISE EXCEPTION '{_CLOSED}' {CODE};
    END IF;
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END""",
)

refuse(
    "reason_reply_while_open",
    "proposal_reason_reply",
    _CLOSED,
    {"INSERT": _IS_CLOSED_NOW, "UPDATE": _IS_CLOSED_NOW},
)
_CLOSED_FOR_GOOD = "(SELECT state FROM proposal_version WHERE id = NEW.version_id) = 'closed'"
refuse("office_change_while_open", "office_change", _CLOSED, {"INSERT": _CLOSED_FOR_GOOD})

_LAST = (
    "(SELECT coalesce(max(serial), 0) FROM decision WHERE network_id = NEW.network_id AND year = NEW.year)"
)
refuse(
    "decision_no_gap",
    "decision",
    "decision numbers have no gap",
    {"INSERT": f"NEW.serial <> 1 + {_LAST}"},
)
refuse("proposal_words_kept", "proposal", "a proposal stays on record", {"DELETE": ALWAYS})


_ADOPTED = ", ".join(f"'{each.value}'" for each in sorted(ADOPTED))


def _by_naming(table: str, began: str, ended: str, because: str) -> None:
    """By decision an office begins and ends only where an adopted one names it: rows that come, and ends that are new."""
    named = (
        "NOT EXISTS (SELECT 1 FROM office_change c JOIN decision d ON d.version_id = c.version_id "
        "WHERE c.id = NEW.{column} AND {what} AND d.outcome IN (" + _ADOPTED + ") "
        "AND NEW.{authority} = 'decision:' || d.id)"
    )
    begins = f"NEW.{'came_by' if table == 'term' else 'evidence'} {'<>' if table == 'term' else '='} " + (
        "'as found'" if table == "term" else "''"
    )
    begins += " AND " + named.format(column="change_id", authority="authority", what=began)
    ends = f"NEW.ended_why = '{because}' AND " + named.format(
        column="end_change_id", authority="end_authority", what=ended
    )
    new, other = differs("ended_why", "end_change_id"), differs("change_id", "authority")
    refuse(
        f"{table}_by_naming",
        table,
        "an office begins and ends by a decision that names it",
        {
            "INSERT": f"({begins}) OR ({ends})",
            "UPDATE": f"({other} AND {begins}) OR ({new} AND {ends})",
        },
    )


_by_naming(
    "term",
    "c.what = 'place' AND c.seat_id = NEW.seat_id AND c.person_id = NEW.person_id",
    "c.what = 'end of term' AND c.held_id = NEW.id",
    "removed by decision",
)
_by_naming(
    "mandate",
    "c.what = 'mandate' AND c.network_id = NEW.network_id",
    "c.what = 'end of mandate' AND c.held_id = NEW.id",
    "withdrawn by decision",
)
