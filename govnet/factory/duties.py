"""The worker's duties, with their shortest interval: every duty of every room, in the order of a turn."""

from __future__ import annotations

from govnet.announcements import dispatch
from govnet.committee import departure, eligibility
from govnet.decisions.closing import actions, effects, reviews
from govnet.decisions.drafts import readiness
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.offsite import closing as offsite_closing
from govnet.decisions.suggestions import rewording
from govnet.digest import actions as digest
from govnet.forum.moderation import actions as moderation_actions
from govnet.kernel.duties import Duty, forget_over
from govnet.letters import closing as letters
from govnet.mail import sweep
from govnet.mail.delivery import sender
from govnet.mail.incoming import intake
from govnet.mail.outgoing import deliveries, distribution
from govnet.membership import duties as membership
from govnet.membership.memberships import renewal
from govnet.membership.roster import imports
from govnet.offices import term_ends
from govnet.operations import redaction
from govnet.operations.backups import erasure_list
from govnet.operations.database import upkeep
from govnet.operations.health import heartbeats
from govnet.sign_in import address_change, links

DUTIES: tuple[Duty, ...] = (
    Duty("tell", distribution.run, 0.5, by_clock=False),
    Duty("make deliveries", deliveries.run, 0.5, by_clock=False),
    Duty("send", sender.run, 0.5, by_clock=False),
    Duty("read mail", intake.run, 2, by_clock=False),
    Duty("forget mail that was read", intake.forget, 3600),
    Duty("digest", digest.run, 60),
    Duty("sweep mail", sweep.run, 60),
    Duty("watch mail", sweep.watch, 3600),
    Duty("forget old sign-in links", links.forget_old, 600),
    Duty("forget old addresses", address_change.forget_old, 600),
    Duty("end offices", term_ends.record_ends, 5),
    Duty(membership.ASK, membership.ask_found, 5),
    Duty("renew memberships", renewal.run, 30),
    Duty("forget uploaded lists", imports.forget_old, 3600),
    Duty(membership.ADMIT, membership.admissions, 30),
    Duty(membership.FORGET, membership.forget_unconfirmed, 3600),
    Duty("remove what the law wants gone", moderation_actions.remove_due, 60),
    Duty("close proposals", actions.close_due),
    Duty("tell what was decided elsewhere", offsite.tell_due, 5),
    Duty("let stand what was decided elsewhere", offsite_closing.stand_due),
    Duty("ask again in new words", rewording.ask_due, 5),
    Duty("keep the dates of decisions", reviews.remind_due, 20),
    Duty("say that drafts can be asked", readiness.tell_due, 30),
    Duty("put decided rules into force", effects.apply_due, 30),
    Duty("remind of the last day", actions.remind_due, 30),
    Duty("end offices of those who left", departure.end_terms_of_former_members, 30),
    Duty("see who fits their place", eligibility.look, 60),
    Duty("close letters", letters.close_due),
    Duty("say that replies are overdue", letters.remind_due, 60),
    Duty("send announcements", dispatch.send_due, 1),
    Duty("say that the worker lives", heartbeats.beat, 20, by_clock=False),
    Duty("remove names that are for members", redaction.remove_names, 3600, by_clock=False),
    Duty("look through the database", upkeep.look, 600, by_clock=False),
    Duty("forget what is over", forget_over, 3600),
    Duty("write down who was erased", erasure_list.write_file, 600, by_clock=False),
)
