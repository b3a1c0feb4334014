"""The owner of an answer: the network, the proposal, the hand, and the party."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.answers import actions as answers_actions
from govnet.decisions.answers import entered_answers as answers_entry
from govnet.decisions.answers.actions import AnswerInput
from govnet.decisions.answers.queries import answers
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.models import Proposal
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.proposals import actions, interests
from govnet.decisions.proposals.queries import awaited
from govnet.decisions.rules.outcome import AnswerKind
from govnet.decisions.suggestions import actions as suggestions
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.membership.models import Membership, MembershipState
from govnet.offices.models import Body, Term
from govnet.people.models import Organisation, Person, Representation
from govnet.permissions import Can, can
from tests.builders import (
    a_committee,
    a_coordinator,
    a_member,
    a_network,
    a_person,
    a_steering_member,
    acting,
    an_organisation,
    seated,
)
from tests.decisions.builders import (
    a_network_with_rules,
    a_proposal,
    answered,
    members,
    one_transaction,
    taken,
    tally_of,
    version_of,
)
from tests.decisions.stage import browser
from tests.pages import Html, opened, send

pytestmark = pytest.mark.usefixtures("context")

WEB = Door.WEB
AGREE = AnswerInput(AnswerKind.AGREE)


# --- in which network


def _two_networks() -> tuple[Network, Network, Person, Proposal]:
    """Somebody on the committee in both, and what one of them is asked."""
    uk, wales = a_network(), a_network("wales")
    una = a_steering_member(uk, "Una")
    seated(a_committee(wales), una)
    an_organisation(wales, "Acme", spoken_for_by=una)
    members(uk, 2)
    return uk, wales, una, a_proposal(uk, una)


def test_a_standing_in_one_network_gives_no_right_in_another() -> None:
    uk, wales, una, proposal = _two_networks()
    there = acting(una, wales)
    assert there.is_member and there.is_steering
    entry = version_of(proposal)
    for refused in (
        lambda: answers_actions.answer(entry.id, AGREE, by=there, via=WEB),
        lambda: answers_entry.enter(entry.id, 1, AGREE, how=Door.PHONE, by=there, via=WEB),
        lambda: interests.declare(proposal, "I am paid.", by=there, via=WEB),
        lambda: suggestions.suggest(proposal, "Nine seats", "Seven seats", "Less", by=there, via=WEB),
        lambda: offsite.object_to(taken(uk, una), "No.", by=there, via=WEB),
    ):
        with pytest.raises(NotAllowed), one_transaction():
            refused()
    assert tally_of(proposal)["agree"] == 0
    assert not can(there, Can.RECORD_DECISION, uk)
    assert can(acting(una, uk), Can.RECORD_DECISION, uk)
    assert can(there, Can.WITHDRAW_PROPOSAL, proposal), "what is one's own stays so"


def test_an_answer_belongs_to_the_proposal_in_the_address(app: Flask) -> None:
    uk = a_network()
    una = a_member(uk, "Una")
    one, other = a_proposal(uk, una), a_proposal(uk, una)
    page, wrong = f"/uk/proposals/{one.id}", version_of(other).id
    found = send(browser(app, una), page, {"answer": "agree", "version": str(wrong)}, follow=False)
    assert found.status_code == 404
    assert tally_of(one)["agree"] == tally_of(other)["agree"] == 0


# --- of whose hand


def entered(proposal: Proposal, party: str, by: Person, network: Network, given: AnswerInput = AGREE) -> None:
    """An officer enters what somebody said on the telephone."""
    with one_transaction():
        version = version_of(proposal)
        (entry,) = [
            each for each in answers_entry.still_silent(version.id, acting(by, network)) if each.name == party
        ]
        answers_entry.enter(version.id, entry.id, given, how=Door.PHONE, by=acting(by, network), via=WEB)


def test_the_coordinator_does_not_decide_on_the_mandate_by_telephone_either() -> None:
    uk = a_network()
    sam, cory = a_steering_member(uk), a_coordinator(uk, "Cory")
    a_member(uk, "Mia")
    proposal = a_proposal(uk, sam, matter="mandate")
    entered(proposal, "Cory", sam, uk)
    entered(proposal, "Mia", sam, uk)
    assert tally_of(proposal)["agree"] == 1
    answered(proposal, uk, AnswerKind.STAND_ASIDE, cory)
    assert tally_of(proposal)["stand-aside"] == 0


def test_a_stop_to_a_standing_decision_leads_to_objecting(app: Flask) -> None:
    uk = a_network()
    sam, mia, noa = a_steering_member(uk, "Sam"), a_member(uk, "Mia"), a_member(uk, "Noa")
    proposal = taken(uk, sam)
    stop = AnswerInput(AnswerKind.BLOCK, "It leaves people out.", "More seats.", uk.purpose)
    entered(proposal, "Mia", sam, uk)
    entered(proposal, "Noa", sam, uk, stop)
    url = f"/uk/proposals/{proposal.id}"
    typed = {"answer": "stop", "reason": "I was never asked.", "remedy": "Ask us."}
    found = send(browser(app, mia), url, typed)
    words = Html(found.text)
    assert found.status_code == 422
    assert "To stop it, object: say why" in words.text
    assert "I was never asked." in found.text
    assert any(link.endswith("/object") for link in words.links)
    assert tally_of(proposal)["agree"] == tally_of(proposal)["block"] == 1
    send(browser(app, noa), url, {"answer": "aside", "reason": "I was never asked."})
    db.session.rollback()
    assert tally_of(proposal)["block"] == 0


def test_people_who_may_see_names_read_who_entered_an_answer(app: Flask) -> None:
    uk = a_network()
    sam, mia = a_steering_member(uk, "Sam Steering"), a_member(uk, "Mia")
    an_organisation(uk, "Acme", spoken_for_by=mia)
    proposal = a_proposal(uk, sam)
    entered(proposal, "Acme", sam, uk)
    url = f"/uk/proposals/{proposal.id}"
    inside, outside = browser(app, mia), browser(app)
    assert "entered for them by Sam Steering" in opened(inside, url).text
    assert inside.get(f"{url}.json").json["named"][0]["entered_by"] == "Sam Steering"
    text = opened(outside, url).text
    assert "Acme (entered for them)" in text
    assert "entered_by" not in outside.get(f"{url}.json").json["named"][0]


def test_the_form_offers_those_alone_whose_answer_can_be_entered(app: Flask) -> None:
    uk = a_network()
    sam, bob, cat = a_steering_member(uk, "Sam"), a_member(uk, "Bob"), a_member(uk, "Cat")
    an_organisation(uk, "Acme", spoken_for_by=bob)
    an_organisation(uk, "Beta", spoken_for_by=sam)
    an_organisation(uk, "Silent")
    an_organisation(uk, "Gamma", spoken_for_by=cat)
    proposal = a_proposal(uk, sam)
    says(proposal, bob, uk)
    assert offered(proposal, sam, uk) == ["Cat", "Gamma"]
    entered(proposal, "Gamma", sam, uk)
    assert offered(proposal, sam, uk) == ["Gamma"], "it can be entered again, and Cat has answered for it"
    for name in offered(proposal, sam, uk):
        entered(proposal, name, sam, uk)
    with one_transaction():
        interests.declare(proposal, "I am paid.", by=acting(cat, uk), via=WEB)
    assert offered(proposal, sam, uk) == ["Cat", "Gamma"], "what is not counted stands in nobody's way"
    text = browser(app, sam).get(f"/uk/proposals/{proposal.id}/enter").text
    assert ">Gamma</option>" in text
    assert ">Acme</option>" not in text


def offered(proposal: Proposal, to: Person, network: Network) -> list[str]:
    """The parties whose answers the form offers to enter."""
    return [each.name for each in answers_entry.still_silent(version_of(proposal).id, acting(to, network))]


# --- for whom


def speaks(person: Person, organisation: Organisation, *, ended: bool = False) -> None:
    """She speaks for the organisation too, or no longer."""
    with one_transaction():
        if ended:
            mine = {"person_id": person.id, "organisation_id": organisation.id}
            day = clock.now().date()
            db.session.query(Representation).filter_by(**mine).update({"end": day})
            return
        start = clock.now().date() - timedelta(days=9)
        who = {"person_id": person.id, "is_primary": False, "start": start}
        db.session.add(Representation(organisation_id=organisation.id, **who))


def says(
    proposal: Proposal, by: Person, network: Network, *, for_: str = "", kind: AnswerKind = AnswerKind.AGREE
) -> None:
    """She answers for herself, or for whom she speaks."""
    with one_transaction():
        actor, version = acting(by, network), version_of(proposal)
        mine = queries.entries_for(version.id, actor)
        (entry,) = [each for each in mine if each.name == (for_ or by.name)]
        answers_actions.answer(version.id, AnswerInput(kind), by=actor, via=WEB, entry_id=entry.id)


def who_said(proposal: Proposal) -> dict[str, tuple[str, bool]]:
    """Each answer by the party's name, and whether it counts."""
    found = answers([version_of(proposal).id])[version_of(proposal).id].first
    return {each.entry.name: (each.answer.kind.value, each.answer.counted) for each in found}


def test_an_answer_that_a_colleague_gave_is_not_taken_back(app: Flask) -> None:
    uk = a_network()
    bob, cat = a_member(uk, "Bob"), a_member(uk, "Cat")
    speaks(bob, acme := an_organisation(uk, "Acme", spoken_for_by=cat))
    proposal = a_proposal(uk, bob)
    says(proposal, cat, uk, for_="Acme")
    says(proposal, bob, uk)
    page = opened(browser(app, bob), f"/uk/proposals/{proposal.id}")
    assert "A colleague gave this answer" in page.text
    send(browser(app, bob), f"/uk/proposals/{proposal.id}", {}, action="take-back")
    db.session.rollback()
    assert who_said(proposal) == {"Acme": ("agree", True)}
    version = version_of(proposal)
    with pytest.raises(RuleBroken, match="A colleague gave this answer"), one_transaction():
        answers_actions.take_back(version.id, None, by=acting(bob, uk), via=WEB)
    assert acme.name in who_said(proposal)


def test_a_person_who_gave_several_answers_chooses_which_to_take_back(app: Flask) -> None:
    uk = a_network_with_rules(decisions__voice="organisations")
    bob = a_member(uk, "Bob")
    an_organisation(uk, "Acme", spoken_for_by=bob)
    proposal = a_proposal(uk, bob)
    says(proposal, bob, uk, for_="Acme")
    says(proposal, bob, uk)
    version, actor = version_of(proposal), acting(bob, uk)
    with pytest.raises(RuleBroken, match="Choose which answer"), one_transaction():
        answers_actions.take_back(version.id, None, by=actor, via=WEB)
    url = f"/uk/proposals/{proposal.id}"
    text = opened(browser(app, bob), url).text
    assert "Take my answer back" in text
    assert "Take the answer for Acme back" in text
    acme = next(each.id for each in queries.entries_for(version.id, actor) if each.name == "Acme")
    with one_transaction():
        answers_actions.take_back(version.id, acme, by=actor, via=WEB)
    assert who_said(proposal) == {"Bob": ("agree", False)}


def test_a_former_speaker_answers_for_herself_uncounted_until_that_changes(
    app: Flask,
) -> None:
    uk = a_network()
    bob, cat = a_member(uk, "Bob"), a_member(uk, "Cat")
    acme = an_organisation(uk, "Acme", spoken_for_by=bob)
    proposal = a_proposal(uk, cat)
    says(proposal, bob, uk, for_="Acme")
    speaks(bob, acme, ended=True)
    speaks(cat, acme)
    says(proposal, bob, uk, kind=AnswerKind.STAND_ASIDE)
    assert who_said(proposal) == {"Acme": ("agree", True), "Bob": ("stand-aside", False)}
    assert "Yours counts as soon as" in opened(browser(app, bob), f"/uk/proposals/{proposal.id}").text
    says(proposal, cat, uk, for_="Acme", kind=AnswerKind.NO_VIEW)
    assert who_said(proposal) == {"Acme": ("no-view", True), "Bob": ("stand-aside", True)}


def test_a_person_who_answered_for_one_organisation_and_now_speaks_for_another_asks_a_colleague() -> None:
    uk = a_network()
    bob = a_member(uk, "Bob")
    acme, beta = an_organisation(uk, "Acme", spoken_for_by=bob), an_organisation(uk, "Beta")
    proposal = a_proposal(uk, bob)
    says(proposal, bob, uk, for_="Acme")
    speaks(bob, acme, ended=True)
    speaks(bob, beta)
    with pytest.raises(RuleBroken, match="ask a colleague to give this one"):
        says(proposal, bob, uk, for_="Beta")


# --- for whom one waits


def test_it_closes_early_once_all_have_answered_whose_answer_can_still_count(
    app: Flask, time: MovedClock
) -> None:
    uk = a_network_with_rules(decisions__close_early="all_answered")
    una, bob, dan = a_member(uk, "Una"), a_member(uk, "Bob"), a_member(uk, "Dan")
    cory, eve = a_coordinator(uk, "Cory"), a_member(uk, "Eve")
    an_organisation(uk, "Acme", spoken_for_by=bob)
    an_organisation(uk, "Silent")
    proposal = a_proposal(uk, una, matter="mandate")
    says(proposal, una, uk)
    assert waiting(proposal) == 4, (
        "Bob and Acme, Dan, Eve; nobody speaks for Silent, and the mandate is Cory's"
    )
    says(proposal, bob, uk)
    assert waiting(proposal) == 2, "Bob cannot answer for Acme too"
    with one_transaction():
        interests.declare(proposal, "I am paid.", by=acting(dan, uk), via=WEB)
    left = {"state": MembershipState.RESIGNED, "end": clock.today(uk.zone)}
    assert waiting(proposal) == 1
    url = f"/uk/proposals/{proposal.id}"
    assert "Close it now" not in opened(browser(app, una), url).text
    with one_transaction():
        db.session.query(Membership).filter_by(person_id=eve.id).update(left)
    assert waiting(proposal) == 0
    assert "Close it now" in opened(browser(app, una), url).text
    assert "Close it now" not in opened(browser(app, cory), url).text
    time.move(timedelta(minutes=1))
    with one_transaction():
        actions.close_early(proposal, reason="All said.", by=acting(una, uk), via=WEB)
    assert closing_actions.close_due() == 1


def waiting(proposal: Proposal) -> int:
    """For how many it waits."""
    db.session.rollback()
    return awaited(queries.version_whole(version_of(proposal).id))


def test_a_committee_waits_for_those_who_still_can_answer() -> None:
    uk = a_network()
    sam, tia = a_steering_member(uk, "Sam"), a_person("Tia")
    term = seated(db.session.query(Body).one(), tia, seat=3)
    proposal = a_proposal(uk, sam, matter="committee")
    assert waiting(proposal) == 2
    with one_transaction():
        db.session.query(Term).filter_by(id=term.id).update({"end": clock.now().date()})
    assert waiting(proposal) == 1
