"""Rules that no CHECK can hold: signed text stays, closed is closed, and a name once given can only be emptied."""

from govnet.kernel.triggers import CODE, differs, in_postgresql, same, trigger

_SIGNED = "the words of a letter never change once somebody else has signed it"
_BY_OTHERS = (
    "EXISTS (SELECT 1 FROM letter_signature s WHERE s.letter_id = OLD.id AND s.signed_by_id <> OLD.author_id)"
)
_WORDS = differs("title", "addressed_to", "text", "html", "version", "deadline")
_NEVER = differs("network_id", "thread_id", "author_id", "opened_at")
_BACK = "(OLD.state <> 'open' AND NEW.state = 'open')"
_OVER = f"(OLD.state IN ('answered', 'withdrawn') AND {differs('state', 'sent_on', 'replied_on', 'reply', 'reply_url')})"
_CHANGED = f"({_WORDS} AND (OLD.state <> 'open' OR {_BY_OTHERS})) OR {_NEVER} OR {_BACK} OR {_OVER}"
trigger(
    "letter_words_fixed",
    "letter",
    when="BEFORE UPDATE OR DELETE",
    sqlite=f"BEFORE UPDATE ON letter WHEN {_CHANGED} BEGIN SELECT RAISE(ABORT, '{_SIGNED}');",
    also=("BEFORE DELETE ON letter BEGIN SELECT RAISE(ABORT, 'a letter stays on record');",),
    postgresql=f"""
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a letter stays on record' {CODE}; END IF;
  IF {in_postgresql(_CHANGED)} THEN RAISE EXCEPTION '{_SIGNED}' {CODE}; END IF;
  RETURN NEW;
END""",
)

_CLOSED = "names are added and taken back only while a letter is open"
_IS_CLOSED = "(SELECT state FROM letter WHERE id = {row}.letter_id) <> 'open'"
_WAS_CLOSED = _IS_CLOSED.format(row="OLD")
_SAME = same("id", "letter_id", "membership_id", "person_id", "organisation_id", "signed_by_id", "at")
_ERASES = f"(NEW.erased AND NEW.name = '' AND {_SAME})"
trigger(
    "letter_signature_kept",
    "letter_signature",
    when="BEFORE INSERT OR UPDATE OR DELETE",
    sqlite=f"BEFORE INSERT ON letter_signature WHEN {_IS_CLOSED.format(row='NEW')} "
    f"BEGIN SELECT RAISE(ABORT, '{_CLOSED}');",
    also=(
        f"BEFORE UPDATE ON letter_signature WHEN NOT {_ERASES} BEGIN SELECT RAISE(ABORT, '{_CLOSED}');",
        f"BEFORE DELETE ON letter_signature WHEN {_WAS_CLOSED} BEGIN SELECT RAISE(ABORT, '{_CLOSED}');",
    ),
    postgresql=f"""
DECLARE
  letter_id_ bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.letter_id ELSE NEW.letter_id END;
  state_ text;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NOT {in_postgresql(_ERASES)} THEN RAISE EXCEPTION '{_CLOSED}' {CODE}; END IF;
    RETURN NEW;
  END IF;
  SELECT state INTO state_ FROM letter WHERE id = letter_id_ FOR SHARE;
  IF state_ <> 'open' THEN RAISE EXCEPTION '{_CLOSED}' {CODE}; END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END""",
)
