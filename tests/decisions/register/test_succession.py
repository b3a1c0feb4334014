"""A successor on trial gives the place back: pages, notices and rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.decisions.closing import effects, reviews
from govnet.decisions.models import Decision, Proposal
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.opening import Ask, More, Wording
from govnet.decisions.register import models, queries
from govnet.decisions.rules.in_force import DecisionState
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock, today
from govnet.kernel.errors import RuleBroken
from govnet.people.models import Person
from govnet.record import registry
from govnet.record.queries import details, entries_about
from tests.builders import acting
from tests.chain import faults_of
from tests.decisions import many
from tests.decisions.builders import answered, one_transaction
from tests.decisions.closing.test_reviews import closed, days_pass, state, verbs
from tests.decisions.mails import text_of, told
from tests.decisions.stage import browser
from tests.pages import opened, send
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("context")

TRIAL, LONGER = date(2015, 9, 1), date(2015, 12, 1)


def asked(
    network: Network,
    by: Person,
    replaces: Decision | None = None,
    *,
    trial: date | None = None,
    review: date | None = None,
    in_force: date | None = None,
    **changes: Any,
) -> Proposal:
    """A proposal with which its author agrees."""
    rules = {key.replace("__", "."): value for key, value in changes.items()}
    matter = "charter" if changes else replaces.matter if replaces else "statement"
    more = More(trial_until=trial, trial_signs="Fewer mails go out." if trial else "", in_force_on=in_force)
    with one_transaction():
        ask = Ask(matter, replaces_id=replaces.id if replaces else None, review_on=review)
        words = Wording("Should we do it so?", "So.", rules, more)
        made = actions.propose(db.session.merge(network), words, ask, by=acting(by, network), via=Door.WEB)
    answered(made, network, AnswerKind.AGREE, by)
    return made


def agreed(
    time: MovedClock, network: Network, by: Person, replaces: Decision | None = None, **more: Any
) -> Decision:
    """A decision that may have another's place."""
    return closed(time, asked(network, by, replaces, **more))


def ends(time: MovedClock, day: date) -> None:
    """The day comes, and the worker sees to it."""
    days_pass(time, (day - today("Europe/London")).days)


def timeline(app: Flask, decision: Decision) -> list[str]:
    data = browser(app).get(f"/uk/decisions/{decision.number}.json").json
    return [each["what"] for each in data["timeline"]][2:]


def test_while_a_trial_runs_the_earlier_one_is_replaced_and_then_it_holds_again(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    earlier = agreed(time, network, ann)
    trial = agreed(time, network, ann, earlier, trial=TRIAL)
    said = f"Replaced by {trial.number} while it is on trial, until Tue 1 Sep 2015"
    url, later_url = (f"/uk/decisions/{each.number}" for each in (earlier, trial))
    data = browser(app).get(f"{url}.json").json
    assert (data["state"], data["replaced_by"], data["replaced_until"]) == (
        "replaced",
        trial.number,
        "2015-09-01",
    )
    assert said in opened(browser(app), url).text
    assert said in opened(browser(app), "/uk/decisions?state=replaced").text
    assert timeline(app, earlier) == [said]
    assert [each.id for each in queries.in_force(network.id)] == [trial.id]
    ends(time, TRIAL)
    data = browser(app).get(f"{url}.json").json
    assert (data["state"], data["replaced_by"], data["replaced_until"]) == ("in-force", None, None)
    again = f"In force again: the trial of {trial.number} ended"
    assert timeline(app, earlier) == [f"Replaced by {trial.number}", again]
    page = opened(browser(app, ann), url)
    assert f"In force again: the trial of {trial.number} ended today" in page.text
    assert "Ask for a review" in page.text
    assert f"In force again: {earlier.number}, which it had replaced" in opened(browser(app), later_url).text
    assert f"In force again: {earlier.number}, which it had replaced" in timeline(app, trial)
    listed = browser(app).get("/uk/decisions.json?state=in-force").json["decisions"]
    assert [each["number"] for each in listed] == [earlier.number]
    assert [each.id for each in queries.in_force(network.id)] == [earlier.id]


def test_the_record_and_the_mail_of_its_end_say_that_the_earlier_one_holds_again(
    network: Network, ann: Person, time: MovedClock
) -> None:
    earlier = agreed(time, network, ann)
    trial = agreed(time, network, ann, earlier, trial=TRIAL)
    ends(time, TRIAL)
    ends(time, TRIAL + timedelta(1))
    (entry,) = [
        each
        for each in entries_about(network.id, f"decision:{trial.id}")
        if each.verb.endswith("earlier_holds")
    ]
    assert details(entry)["earlier"] == f"decision:{earlier.id}"
    assert f"Decision {earlier.number} is in force again." in registry.sentence(details(entry))
    told()
    mail = " ".join(text_of("Its trial has ended").split())
    assert f"Decision {earlier.number}, which it had replaced, is in force again" in mail
    assert faults_of(network.id) == []


def test_confirmed_in_time_the_earlier_one_stays_replaced(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    earlier = agreed(time, network, ann)
    trial = agreed(time, network, ann, earlier, trial=TRIAL)
    agreed(time, network, ann, trial)
    ends(time, LONGER)
    assert state(earlier, network) is state(trial, network) is DecisionState.REPLACED
    assert timeline(app, earlier) == [f"Replaced by {trial.number}"]
    assert verbs(trial, network) == []


def test_confirmed_too_late_it_held_for_a_while(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    earlier = agreed(time, network, ann)
    trial = agreed(time, network, ann, earlier, trial=TRIAL)
    ends(time, TRIAL - timedelta(2))
    late = asked(network, ann, trial)
    ends(time, TRIAL)
    assert state(earlier, network) is DecisionState.IN_FORCE
    confirmed = closed(time, late)
    assert state(earlier, network) is DecisionState.REPLACED
    assert timeline(app, earlier) == [
        f"Replaced by {trial.number}",
        f"In force again: the trial of {trial.number} ended",
        f"Replaced by {confirmed.number}",
    ]


def test_a_trial_takes_the_place_of_no_other_trial(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    trial = agreed(time, network, ann, trial=TRIAL)
    with pytest.raises(
        RuleBroken, match=f"Decision {trial.number} is a trial, and one trial can’t replace another"
    ):
        asked(network, ann, trial, trial=LONGER)
    for_good = asked(network, ann, trial)
    words = Wording(
        "Should we try on?", "So.", {}, More(trial_until=LONGER, trial_signs="Fewer mails go out.")
    )
    with one_transaction(), pytest.raises(RuleBroken, match="one trial can’t replace another"):
        actions.reword(for_good, words, because="Not for good yet.", by=acting(ann, network), via=Door.WEB)
    client = browser(app, ann)
    filled = {"question": "Should we try on?", "text": "So.", "replaces": str(trial.id)}
    filled |= {"trial_until": str(LONGER), "trial_signs": "Fewer mails go out."}
    answer = send(client, "/uk/proposals/new?matter=statement", filled)
    assert answer.status_code == 422
    assert "Leave the last day empty to decide this for good" in answer.text
    assert "Fewer mails go out." in answer.text
    ends(time, TRIAL)
    with pytest.raises(RuleBroken, match="choose a decision to replace that is not a trial"):
        asked(network, ann, trial, trial=LONGER)


def test_one_that_yet_another_replaced_does_not_come_back(
    network: Network, ann: Person, time: MovedClock
) -> None:
    earlier = agreed(time, network, ann)
    at_once = asked(network, ann, earlier)
    trial = agreed(time, network, ann, earlier, trial=TRIAL)
    closed(time, at_once)
    ends(time, TRIAL)
    assert state(earlier, network) is DecisionState.REPLACED
    assert verbs(trial, network)[-1] == "trial_ended"


def test_a_review_day_that_passed_meanwhile_is_announced_once_when_it_holds_again(
    network: Network, ann: Person, time: MovedClock
) -> None:
    earlier = agreed(time, network, ann, review=date(2015, 6, 1))
    agreed(time, network, ann, earlier, trial=TRIAL)
    ends(time, TRIAL - timedelta(1))
    assert verbs(earlier, network) == []
    ends(time, TRIAL)
    ends(time, TRIAL + timedelta(1))
    assert verbs(earlier, network) == ["review_due"]


# --- rules


def seats(network: Network) -> int:
    db.session.rollback()
    return int(charters.rules_in_force(network.id)[p.SEATS])


def test_two_trials_of_rules_that_end_on_one_day_are_undone_from_the_last_one_back(
    network: Network, ann: Person, time: MovedClock
) -> None:
    agreed(time, network, ann, trial=TRIAL, committee__seats=11)
    agreed(time, network, ann, trial=TRIAL, committee__seats=13)
    assert seats(network) == 13
    ends(time, TRIAL)
    assert seats(network) == 9


def test_rules_with_a_day_of_their_own_wait_for_what_comes_of_a_trial(
    network: Network, ann: Person, time: MovedClock
) -> None:
    earlier = agreed(time, network, ann, in_force=date(2015, 6, 1), committee__seats=11)
    agreed(time, network, ann, earlier, trial=TRIAL, committee__term_months=12)
    ends(time, date(2015, 6, 2))
    assert effects.apply_due() == 0
    assert seats(network) == 9
    ends(time, TRIAL)
    assert effects.apply_due() == 1
    assert seats(network) == 11
    assert effects.apply_due() == 0


def test_rules_with_a_day_of_their_own_are_dropped_where_they_were_replaced_for_good(
    network: Network, ann: Person, time: MovedClock
) -> None:
    earlier = agreed(time, network, ann, in_force=date(2015, 6, 1), committee__seats=11)
    agreed(time, network, ann, earlier, committee__term_months=12)
    ends(time, date(2015, 6, 2))
    assert effects.apply_due() == 0
    assert db.session.query(models.PendingEffect).count() == 0


# --- lines of trials, from before a trial could not replace another


def test_an_old_line_of_trials_gives_the_place_back_when_the_last_one_ends(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    earlier, trial, longer, last = a_line(network, ann, [None, TRIAL, TRIAL, LONGER])
    ends(time, TRIAL)
    assert {state(each, network) for each in (earlier, trial, longer)} == {DecisionState.REPLACED}
    assert verbs(trial, network) == []
    ends(time, LONGER)
    assert state(earlier, network) is DecisionState.IN_FORCE
    assert {state(each, network) for each in (trial, longer, last)} == {DecisionState.ENDED}
    assert [verbs(each, network)[-1] for each in (trial, longer, last)] == [
        "earlier_holds",
        "trial_ended",
        "trial_ended",
    ]
    for each, said in (
        (trial, "In force again: 2015-01"),
        (longer, "It replaced 2015-02"),
        (last, "It replaced 2015-03"),
    ):
        assert said in opened(browser(app), f"/uk/decisions/{each.number}").text


def test_the_page_of_one_in_an_old_line_of_trials_asks_the_database_no_more_often(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    first, *_trials, last, alone = a_line(network, ann, [None, *[TRIAL] * 4], alone=True)
    ends(time, TRIAL)
    numbers = []
    for number in (alone.number, first.number, last.number):
        client = browser(app, ann)
        with counted() as statements:
            assert client.get(f"/uk/decisions/{number}").status_code == 200
        numbers.append(len(statements))
    assert len(set(numbers)) == 1
    assert reviews.remind_due() == 0


def a_line(
    network: Network, author: Person, trials: list[date | None], *, alone: bool = False
) -> list[Decision]:
    """Decisions of which each replaced the one before, on trial until its day; and one that replaced none."""
    shapes = [
        {"trial_until": until, "supersedes_id": at or None, "decided_at": clock.now() + timedelta(minutes=at)}
        for at, until in enumerate(trials)
    ]
    many.adopted_as(network, author, [*shapes, {}] if alone else shapes)
    return list(db.session.scalars(db.select(Decision).order_by(Decision.id)))
