"""The notices at each volume."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.mail.volume import Ear, How, News, Reach, Stance, Volume, how, one_click

EARS = st.builds(
    Ear,
    volume=st.sampled_from(Volume),
    thread=st.none() | st.sampled_from(Stance),
    topic=st.none() | st.sampled_from(Stance),
    concerned=st.booleans(),
    did_it=st.booleans(),
)


@given(EARS)
def test_notices_that_the_charter_always_sends_come_singly_at_any_volume(ear):
    assert how(News.ALWAYS, ear) is How.SINGLY


@given(st.sampled_from(News), st.sampled_from(Volume), st.booleans())
def test_people_who_asked_for_no_mail_at_all_get_none(news, volume, concerned):
    assert how(news, Ear(volume=volume, concerned=concerned, silent=True)) is How.NOT


@pytest.mark.parametrize(
    ("news", "volume", "concerned", "expected"),
    [
        (News.DISCUSSION, Volume.EVERYTHING, False, How.SINGLY),
        (News.DISCUSSION, Volume.CONCERNS_ME, False, How.NOT),
        (News.DISCUSSION, Volume.CONCERNS_ME, True, How.SINGLY),
        (News.DISCUSSION, Volume.DIGEST, True, How.DIGEST),
        (News.DISCUSSION, Volume.VOTES, True, How.NOT),
        (News.ANNOUNCEMENT, Volume.EVERYTHING, False, How.SINGLY),
        (News.ANNOUNCEMENT, Volume.CONCERNS_ME, False, How.SINGLY),
        (News.ANNOUNCEMENT, Volume.DIGEST, False, How.DIGEST),
        (News.ANNOUNCEMENT, Volume.VOTES, False, How.NOT),
        (News.VOTE, Volume.EVERYTHING, False, How.SINGLY),
        (News.VOTE, Volume.CONCERNS_ME, False, How.SINGLY),
        (News.VOTE, Volume.DIGEST, False, How.DIGEST),
        (News.VOTE, Volume.VOTES, False, How.SINGLY),
    ],
)
def test_the_volume_decides(news, volume, concerned, expected):
    assert how(news, Ear(volume=volume, concerned=concerned)) is expected


@pytest.mark.parametrize("volume", list(Volume))
def test_a_discussion_that_somebody_follows_comes_singly(volume):
    assert how(News.DISCUSSION, Ear(volume=volume, thread=Stance.FOLLOW)) is How.SINGLY


@pytest.mark.parametrize("volume", list(Volume))
@pytest.mark.parametrize("news", [News.DISCUSSION, News.VOTE, News.ANNOUNCEMENT])
def test_a_muted_discussion_sends_only_notices_that_always_go_out(news, volume):
    assert how(news, Ear(volume=volume, thread=Stance.MUTE, concerned=True)) is How.NOT


def test_a_thread_counts_before_its_topic():
    followed = Ear(volume=Volume.VOTES, thread=Stance.FOLLOW, topic=Stance.MUTE)
    muted = Ear(volume=Volume.EVERYTHING, thread=Stance.MUTE, topic=Stance.FOLLOW)
    assert how(News.DISCUSSION, followed) is How.SINGLY
    assert how(News.DISCUSSION, muted) is How.NOT


@pytest.mark.parametrize("news", [News.DISCUSSION, News.VOTE, News.ANNOUNCEMENT])
def test_nobody_is_notified_of_her_own_acts(news):
    ear = Ear(volume=Volume.EVERYTHING, thread=Stance.FOLLOW, did_it=True)
    assert how(news, ear) is How.NOT


@given(st.sampled_from(News), EARS)
def test_more_volume_never_tells_less(news, ear):
    louder = Ear(Volume.EVERYTHING, ear.thread, ear.topic, ear.concerned, ear.did_it)
    if how(news, ear) is How.SINGLY:
        assert how(news, louder) is How.SINGLY


def test_one_click_leaves_votes_unless_the_mail_was_about_a_vote():
    assert one_click(News.DISCUSSION, by_address=False) is Reach.ALL_BUT_VOTES
    assert one_click(News.ANNOUNCEMENT, by_address=False) is Reach.ALL_BUT_VOTES
    assert one_click(News.VOTE, by_address=False) is Reach.EVERYTHING
    assert one_click(News.ALWAYS, by_address=False) is Reach.EVERYTHING


@pytest.mark.parametrize("news", list(News))
def test_one_click_by_somebody_who_takes_just_the_mail_ends_it(news):
    assert one_click(news, by_address=True) is Reach.EVERYTHING
