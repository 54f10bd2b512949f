import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.contract.files import FileEntry
from recorder.contract.states import FINAL, Status, Upload, climbs, upload_climbs
from recorder.lifecycle.observe import (
    BucketListing,
    Facts,
    Missing404,
    Noticed,
    QueryAnswer,
    StartAnswer,
    StopAnswer,
    next_state,
)

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
FILES = (FileEntry("p/sid_room.m3u8"), FileEntry("p/bak0_sid_room.m3u8"), FileEntry("p/a.mp4"))


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def facts(status=Status.STARTING, **fields) -> Facts:
    return Facts(status, **{"sid": "sid", "started_at": BEGIN} | fields)


def folded(start: Facts, *observations) -> Facts:
    for seen in observations:
        start = next_state(start, seen)
    return start


times = st.integers(0, 30).map(at)
files = st.lists(st.sampled_from(FILES), max_size=3).map(tuple)
observations = st.one_of(
    st.builds(StartAnswer, times, st.just("sid")),
    st.builds(
        QueryAnswer,
        times,
        st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 99]),
        files,
        st.sampled_from([None, 1_000, 2_000]),
    ),
    st.builds(Missing404, times),
    st.builds(StopAnswer, times, st.sampled_from(Upload), files),
    st.builds(BucketListing, times, st.booleans(), st.sampled_from(["", "p/sid_room.m3u8"])),
    st.builds(
        Noticed,
        times,
        times,
        st.just("sid"),
        sequence=st.one_of(st.none(), st.integers(0, 9)),
        status=st.sampled_from([None, *Status]),
        upload=st.sampled_from([None, *Upload]),
        files=files,
        slice_start_ms=st.sampled_from([None, 1_000, 2_000]),
        new_uid=st.sampled_from(["", "7", "8"]),
        trouble=st.sampled_from(
            [
                None,
                {"at": at(1).isoformat(), "event_type": 1, "level": 5, "notes": [], "text": "a"},
                {"at": at(2).isoformat(), "event_type": 1, "level": 5, "notes": [], "text": "b"},
                {"at": at(0).isoformat(), "event_type": 90, "level": 3, "notes": [], "text": ""},
            ]
        ),
    ),
)
starts = st.sampled_from(
    [facts(), facts(Status.UNCONFIRMED), facts(Status.STOPPING), facts(Status.RECORDING)]
)


@given(starts, st.lists(observations, max_size=8), st.data())
def test_order_and_repetition_do_not_matter(start, seen, data):
    twice = data.draw(st.permutations(seen + seen[: len(seen) // 2]))

    assert folded(start, *seen) == folded(start, *twice)


def each_observation(when: datetime):
    """One of every kind, with every state that it may tell."""
    yield StartAnswer(when, "sid")
    yield Missing404(when)
    yield from (QueryAnswer(when, number, FILES[:1], 1_000) for number in (2, 5, 6, 20))
    yield from (StopAnswer(when, upload, FILES[1:]) for upload in Upload)
    yield from (BucketListing(when, complete, "p/sid_room.m3u8") for complete in (True, False))
    for status in [None, *Status]:
        yield Noticed(when, when, "sid", status=status, new_uid=f"{when:%S}")
    yield from (Noticed(when, when, "sid", 3, upload=upload, files=FILES) for upload in Upload)


@pytest.mark.parametrize("start", [facts(), facts(Status.UNCONFIRMED), facts(Status.RECORDING)])
def test_each_two_observations_may_change_places(start):
    """Two of one kind as well, which random ones seldom are."""
    every = [seen for when in (at(3), at(8)) for seen in each_observation(when)]
    pairs = [
        (one, other)
        for one, other in itertools.combinations(every, 2)
        if folded(start, one, other) != folded(start, other, one)
    ]

    assert pairs == []


@given(starts, st.lists(observations, min_size=1, max_size=8))
def test_the_same_observation_again_changes_nothing(start, seen):
    once = folded(start, *seen)

    assert next_state(once, seen[-1]) == once


@given(starts, st.lists(observations, max_size=10))
def test_both_columns_only_climb(start, seen):
    states = list(itertools.accumulate(seen, next_state, initial=start))

    for before, after in itertools.pairwise(states):
        assert after.status == before.status or climbs(before.status, after.status)
        assert after.upload == before.upload or upload_climbs(before.upload, after.upload)


@given(starts, st.lists(observations, max_size=6), st.lists(observations, max_size=6))
def test_what_has_ended_never_lives_again(start, seen, later):
    ended = folded(start, *seen)

    if ended.status in FINAL:
        assert folded(ended, *later).status in FINAL


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (1, Status.STARTING),
        (3, Status.STARTING),
        (4, Status.RECORDING),
        (5, Status.RECORDING),
        (6, Status.STOPPING),
        (8, Status.STOPPING),
        (20, Status.FAILED),
        (99, Status.STARTING),
    ],
)
def test_a_query_status_moves_a_starting_session(number, status):
    assert next_state(facts(), QueryAnswer(at(5), number)).status == status


def test_a_404_makes_a_recording_session_recovering_and_an_answer_brings_it_back():
    recording = next_state(facts(), QueryAnswer(at(5), 5))

    gone = next_state(recording, Missing404(at(120)))
    back = next_state(gone, QueryAnswer(at(125), 5))

    assert gone.status == Status.RECOVERING
    assert back.status == Status.RECORDING


def test_a_404_that_is_older_than_the_last_answer_says_nothing():
    recording = next_state(facts(), QueryAnswer(at(120), 5))

    assert next_state(recording, Missing404(at(60))).status == Status.RECORDING


def test_a_404_keeps_a_session_that_was_never_seen_recording_in_its_state():
    assert next_state(facts(), Missing404(at(5))).status == Status.STARTING


def test_404s_are_remembered_from_the_last_sight_on():
    seen = [QueryAnswer(at(5), 5), Missing404(at(7)), Missing404(at(8)), QueryAnswer(at(7.5), 5)]

    assert folded(facts(), *seen).unseen == (at(8),)


def test_a_session_that_was_leaving_has_stopped_when_it_is_gone():
    leaving = [QueryAnswer(at(5), 5, FILES[:1]), QueryAnswer(at(60), 7)]

    ended = folded(facts(), *leaving, Missing404(at(65)))

    assert (ended.status, ended.upload) == (Status.STOPPED, Upload.UNKNOWN)
    assert ended.ended_at == at(60)


def test_a_stop_answer_ends_the_session_with_what_it_says_about_the_upload():
    ended = next_state(
        facts(Status.STOPPING), StopAnswer(at(9), Upload.UPLOADED, (FileEntry("p/s_r.m3u8"),))
    )

    assert (ended.status, ended.upload) == (Status.STOPPED, Upload.UPLOADED)
    assert (ended.playlist, ended.ended_at) == ("p/s_r.m3u8", at(9))


def test_nothing_recorded_means_no_files_and_no_playlist():
    ended = next_state(facts(Status.STOPPING), StopAnswer(at(9), Upload.NO_FILES))

    assert (ended.upload, ended.playlist, ended.recording_at) == (Upload.NO_FILES, "", None)


def test_the_bucket_completes_an_upload_that_was_unknown():
    stopped = next_state(facts(Status.STOPPING), StopAnswer(at(9), Upload.UNKNOWN))

    assert next_state(stopped, BucketListing(at(12), complete=False)).upload == Upload.UNKNOWN
    assert next_state(stopped, BucketListing(at(12), complete=True)).upload == Upload.UPLOADED


def test_the_playlist_of_the_first_server_stands_for_the_recording():
    seen = QueryAnswer(at(20), 5, FILES)

    assert next_state(facts(), seen).playlist == "p/sid_room.m3u8"


def test_an_abnormal_end_after_recording_leaves_the_upload_unknown():
    failed = folded(facts(), QueryAnswer(at(5), 5), QueryAnswer(at(9), 20))

    assert (failed.status, failed.upload) == (Status.FAILED, Upload.UNKNOWN)
    assert failed.failure["code"] == 20


def test_a_sid_that_turns_up_late_is_kept_and_the_state_waits_for_a_query():
    late = next_state(Facts(Status.UNCONFIRMED), StartAnswer(at(3), "sid"))

    assert (late.sid, late.status) == ("sid", Status.UNCONFIRMED)
    assert next_state(late, QueryAnswer(at(8), 4)).status == Status.RECORDING


def noticed(seconds, status=None, **more) -> Noticed:
    return Noticed(at(seconds), at(seconds), "sid", status=status, **more)


def test_a_fail_over_is_recovering_until_the_recorder_is_seen_at_its_new_place():
    recording = next_state(facts(), noticed(5, Status.RECORDING))

    moving = next_state(recording, noticed(60, Status.RECOVERING, new_uid="41"))
    back = next_state(moving, noticed(75, Status.RECORDING))

    assert (moving.status, moving.recorder_uid) == (Status.RECOVERING, "41")
    assert back.status == Status.RECORDING


def test_three_fail_overs_leave_one_session_with_the_uid_of_the_last():
    moves = [noticed(60 * n, Status.RECOVERING, new_uid=str(n)) for n in (1, 2, 3)]
    seen = [noticed(60 * n + 20, Status.RECORDING) for n in (0, 1, 2, 3)]

    for order in itertools.permutations(moves):
        after = folded(facts(), *seen, *order)
        assert (after.status, after.recorder_uid) == (Status.RECORDING, "3")


def test_a_notice_that_shows_it_recording_answers_an_older_404():
    gone = folded(facts(), noticed(5, Status.RECORDING), Missing404(at(20)))

    assert gone.status == Status.RECOVERING
    assert next_state(gone, noticed(25, Status.RECORDING)).status == Status.RECORDING
    assert next_state(gone, noticed(15, Status.RECORDING)).status == Status.RECOVERING


def test_an_exit_without_a_slice_has_no_files_until_one_is_heard_of():
    empty = folded(facts(), noticed(5, Status.RECORDING), noticed(40, Status.STOPPED))

    assert (empty.status, empty.upload, empty.ended_at) == (
        Status.STOPPED,
        Upload.NO_FILES,
        at(40),
    )
    assert next_state(empty, noticed(6, slice_start_ms=1_000)).upload == Upload.UPLOADING
    found = BucketListing(at(60), complete=False, playlist="p/sid_room.m3u8")
    assert next_state(empty, found).upload == Upload.UPLOADING


def test_the_upload_goes_on_after_the_end():
    ended = folded(facts(), noticed(5, Status.RECORDING), noticed(40, Status.FAILED))

    backed_up = next_state(ended, noticed(50, upload=Upload.BACKED_UP))
    whole = next_state(backed_up, noticed(90, upload=Upload.UPLOADED, files=FILES[:1]))

    assert (ended.status, ended.upload) == (Status.FAILED, Upload.UNKNOWN)
    assert backed_up.upload == Upload.BACKED_UP
    assert (whole.status, whole.upload) == (Status.FAILED, Upload.UPLOADED)


def test_a_start_that_is_told_after_the_exit_revives_nothing():
    ended = folded(facts(), noticed(40, Status.STOPPED))

    assert next_state(ended, noticed(5, Status.RECORDING)).status == Status.STOPPED


def test_the_worst_trouble_is_kept_and_of_equals_the_first():
    def trouble(seconds, level):
        return {"at": at(seconds).isoformat(), "event_type": 1, "level": level, "notes": []}

    seen = [noticed(s, trouble=trouble(s, level)) for s, level in ((9, 5), (3, 4), (5, 5))]

    assert folded(facts(), *seen).trouble == trouble(5, 5)
