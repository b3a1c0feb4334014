"""What no CHECK can see: closed is closed, answers only while open, numbers without a gap."""

from govnet.kernel.triggers import trigger

_CODE = "USING ERRCODE = 'integrity_constraint_violation'"


def _refuse(name: str, table: str, words: str, update: str, delete: bool = True) -> None:
    """Refuse an UPDATE where `update` (over OLD and NEW) holds, and every DELETE."""
    same = update.replace(" IS NOT NEW.", " IS DISTINCT FROM NEW.")
    gone = f"IF TG_OP = 'DELETE' THEN RAISE EXCEPTION '{words}' {_CODE}; END IF;" if delete else ""
    trigger(
        name,
        table,
        when="BEFORE UPDATE OR DELETE" if delete else "BEFORE UPDATE",
        sqlite=f"BEFORE UPDATE ON {table} WHEN {update} BEGIN SELECT RAISE(ABORT, '{words}');",
        also=(f"BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{words}');",) if delete else (),
        postgresql=f"BEGIN {gone} IF {same} THEN RAISE EXCEPTION '{words}' {_CODE}; END IF; RETURN NEW; END",
    )


def _differs(*columns: str) -> str:
    return " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)


_refuse(
    "proposal_version_closed", "proposal_version", "a closed version never changes", "OLD.state = 'closed'"
)
_refuse(
    "proposal_version_words",
    "proposal_version",
    "what people answer never changes while they do",
    _differs("proposal_id", "number", "question", "text", "html", "changes", "method", "opened_at", "roll_size",
             "charter_version_id", "author_id", "considered", "sources", "trial_until", "trial_signs",
             "in_force_on"),
    delete=False,
)  # fmt: skip
_TIGHT = "(CASE {row}.visible WHEN 'at_once' THEN 0 WHEN 'after_own' THEN 1 ELSE 2 END)"
_refuse(
    "proposal_version_protects",
    "proposal_version",
    "what was hidden stays hidden while people answer",
    f"{_TIGHT.format(row='NEW')} < {_TIGHT.format(row='OLD')}",
    delete=False,
)
_refuse("decision_fixed", "decision", "a decision is never edited", "1 = 1")
_refuse(
    "meeting_note_fixed",
    "meeting_note",
    "a note of a meeting is never edited",
    f"OLD.taken_back_at IS NOT NULL OR {_differs('network_id', 'title', 'text', 'door', 'taken_on', 'taken_where', 'at')}",
)
_refuse("decision_note_fixed", "decision_note", "a note beside a decision is never edited", "1 = 1")
_refuse(
    "proposal_roll_fixed",
    "proposal_roll",
    "a roll never changes once it is taken",
    _differs("version_id", "membership_id", "person_id", "organisation_id", "counted"),
)

_refuse("office_change_fixed", "office_change", "what a proposal names never changes", "1 = 1")
_refuse("office_person_fixed", "office_person", "whom a proposal names never changes", "1 = 1")
_refuse("proposal_option_fixed", "proposal_option", "what people choose between never changes", "1 = 1")
_refuse(
    "review_request_fixed",
    "review_request",
    "who asked for a review has asked for it",
    f"{_differs('id', 'decision_id', 'person_id', 'at')} OR (OLD.reason IS NOT NEW.reason AND NEW.reason <> '')",
)

_refuse(
    "evidence_mail_fixed",
    "evidence_mail",
    "a mail that was kept is never changed, only removed",
    _differs("id", "proposal_id", "digest", "sent_at", "added_by_id", "at")
    + " OR (OLD.raw IS NOT NEW.raw AND NEW.raw IS NOT NULL) OR (OLD.text IS NOT NEW.text AND NEW.text <> '')"
    + " OR (OLD.subject IS NOT NEW.subject AND NEW.subject <> '')"
    + " OR (OLD.sender IS NOT NEW.sender AND NEW.sender <> '')"
    + " OR (OLD.sender_name IS NOT NEW.sender_name AND NEW.sender_name <> '')"
    + " OR (OLD.removed_at IS NOT NEW.removed_at AND OLD.removed_at IS NOT NULL)",
)

_CLOSED = "this version is closed"
_IS_CLOSED = "(SELECT state FROM proposal_version WHERE id = {row}.version_id) <> 'open'"
_WAS_CLOSED = _IS_CLOSED.format(row="OLD")
_KEEPS = " AND ".join(
    f"OLD.{column} IS NEW.{column}"
    for column in (
        "id",
        "version_id",
        "entry_id",
        "cast_by_id",
        "kind",
        "principle",
        "choices",
        "counted",
        "recused",
        "door",
        "at",
        "salt",
    )
)
_ERASES = f"(NEW.erased AND NEW.reason = '' AND NEW.remedy = '' AND {_KEEPS})"
trigger(
    "position_while_open",
    "position",
    when="BEFORE INSERT OR UPDATE OR DELETE",
    sqlite=f"BEFORE INSERT ON position WHEN {_IS_CLOSED.format(row='NEW')} BEGIN SELECT RAISE(ABORT, '{_CLOSED}');",
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
  IF state_ <> 'open' THEN
    IF TG_OP <> 'UPDATE' THEN RAISE EXCEPTION '{_CLOSED}' {_CODE}; END IF;
    IF NOT {_ERASES.replace(" IS NEW.", " IS NOT DISTINCT FROM NEW.")} THEN
      RAISE EXCEPTION '{_CLOSED}' {_CODE};
    END IF;
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END""",
)

_LATE = f"WHEN {_IS_CLOSED.format(row='NEW')} BEGIN SELECT RAISE(ABORT, '{_CLOSED}');"
trigger(
    "reason_reply_while_open",
    "proposal_reason_reply",
    when="BEFORE INSERT OR UPDATE",
    sqlite=f"BEFORE INSERT ON proposal_reason_reply {_LATE}",
    also=(f"BEFORE UPDATE ON proposal_reason_reply {_LATE}",),
    postgresql=f"BEGIN IF {_IS_CLOSED.format(row='NEW')} THEN RAISE EXCEPTION '{_CLOSED}' {_CODE}; END IF; RETURN NEW; END",
)

trigger(
    "office_change_while_open",
    "office_change",
    when="BEFORE INSERT",
    sqlite=f"BEFORE INSERT ON office_change {_LATE}",
    postgresql=f"BEGIN IF {_IS_CLOSED.format(row='NEW')} THEN RAISE EXCEPTION '{_CLOSED}' {_CODE}; END IF; RETURN NEW; END",
)

_GAP = "decision numbers have no gap"
_LAST = (
    "(SELECT coalesce(max(serial), 0) FROM decision WHERE network_id = NEW.network_id AND year = NEW.year)"
)
trigger(
    "decision_no_gap",
    "decision",
    when="BEFORE INSERT",
    sqlite=f"BEFORE INSERT ON decision WHEN NEW.serial <> 1 + {_LAST} BEGIN SELECT RAISE(ABORT, '{_GAP}');",
    postgresql=f"BEGIN IF NEW.serial <> 1 + {_LAST} THEN RAISE EXCEPTION '{_GAP}' {_CODE}; END IF; RETURN NEW; END",
)
trigger(
    "proposal_words_kept",
    "proposal",
    when="BEFORE DELETE",
    sqlite="BEFORE DELETE ON proposal BEGIN SELECT RAISE(ABORT, 'a proposal stays on record');",
    postgresql=f"BEGIN RAISE EXCEPTION 'a proposal stays on record' {_CODE}; END",
)
