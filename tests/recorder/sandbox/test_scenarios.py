"""Scenarios: reading them, and what they do to a channel and its recording."""

import pytest
import requests

from recorder.sandbox.scenarios import BadScenario, read, shipped

NAMES = {
    "audio-call",
    "class",
    "everybody-leaves",
    "nobody-comes",
    "three-hour-lecture",
    "webinar",
}


def test_the_scenarios_that_come_along_are_all_right():
    assert set(shipped()) == NAMES
    assert all(each.about for each in shipped().values())
    assert sum(step.join is not None for step in shipped()["webinar"].steps) == 17
    assert shipped()["three-hour-lecture"].seconds > 3 * 3600 - 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("steps: [", "This is not YAML in line 1, column 9."),
        ("5", "scenario: "),
        ("steps: [{at: 1}]", "steps[0]: needs exactly one of join, leave"),
        ("steps: [{at: -1, leave: {uid: 1}}]", "steps[0].at: "),
        ("steps: [{at: .inf, leave: {uid: 1}}]", "steps[0].at: "),
        ("steps: [{at: 0, leave: {uid: 0}}]", "steps[0].leave.uid: "),
        ("steps: [{at: 0, leave: {uid: true}}]", "steps[0].leave.uid: "),
        ("steps: [{at: 0, join: {uid: 1, source: '21:9'}}]", "steps[0].join.source: "),
        ("steps: [{at: 0, join: {uid: 1}, leave: {uid: 1}}]", "steps[0]: needs exactly one"),
        ("stepz: []", "steps: Field required"),
        ("steps: []\nmore: 1", "more: Extra inputs are not permitted"),
        ("steps: !!python/object/apply:os.system ['true']", "This is not YAML in line 1"),
        ("[" * 5_000, "This is not YAML"),
        ("x" * 70_000, "A scenario has at most 64000 characters."),
    ],
)
def test_a_wrong_scenario_is_refused_with_its_step_and_field(text, sentence):
    with pytest.raises(BadScenario) as refused:
        read(text)

    assert str(refused.value).startswith(sentence)


def state(sandbox):
    return requests.get(f"{sandbox.url}/_sandbox/scenarios", timeout=10).json()


def people(sandbox, cname):
    channels = {channel["cname"]: channel for channel in sandbox.state()["channels"]}
    return {person["uid"]: person for person in channels[cname]["participants"]}


def test_people_come_and_go_at_their_moments_by_the_clock(sandbox):
    sandbox.control("scenarios/play", cname="room", name="everybody-leaves")

    sandbox.advance(1)
    early = set(people(sandbox, "room"))
    sandbox.advance(50)
    later = set(people(sandbox, "room"))
    sandbox.advance(20)

    assert (early, later) == ({"31", "32"}, {"31", "32"})
    assert people(sandbox, "room") == {}


def test_a_recording_of_everybody_leaves_ends_by_itself(sandbox):
    sandbox.control("scenarios/play", cname="room", name="everybody-leaves")
    sandbox.started("room")

    sandbox.advance(100)

    (session,) = sandbox.state()["sessions"]
    assert (session["state"], session["end_reason"]) == ("gone", "idle")


def test_a_layout_of_a_scenario_is_called_for_the_recording_of_the_channel(sandbox):
    text = "steps: [{at: 0, join: {uid: 1}}, {at: 5, layout: {mixedVideoLayout: 1}}]"
    sandbox.control("scenarios/play", cname="room", text=text)
    sid = sandbox.started("room").sid

    sandbox.advance(6)
    sandbox.app.player.look()

    layouts = [fact for fact in sandbox.session(sid)["facts"] if fact["kind"] == "layout"]
    assert layouts[-1]["mixedVideoLayout"] == 1


def test_a_fault_of_a_scenario_is_armed_at_its_moment(sandbox):
    text = "steps: [{at: 3, fault: {fault: latency, calls: 1, seconds: 0}}]"
    sandbox.control("scenarios/play", cname="room", text=text)
    sandbox.app.player.look()
    before = len(sandbox.app.store.faults.armed())

    sandbox.advance(4)
    sandbox.app.player.look()

    assert (before, len(sandbox.app.store.faults.armed())) == (0, 1)


def test_stopping_a_scenario_keeps_who_is_there_and_nothing_more_happens(sandbox):
    found = sandbox.control("scenarios/play", cname="room", name="everybody-leaves")
    sandbox.advance(10)

    sandbox.control("scenarios/stop", id=found["id"])
    sandbox.advance(100)

    assert set(people(sandbox, "room")) == {"31", "32", "33"}
    assert state(sandbox)["playing"] == []


def test_a_scenario_that_is_over_is_no_longer_played(sandbox):
    sandbox.control("scenarios/play", cname="room", name="audio-call")
    running = state(sandbox)["playing"]

    sandbox.advance(60)
    sandbox.app.player.look()

    assert [(each["name"], each["cname"]) for each in running] == [("audio-call", "room")]
    assert state(sandbox)["playing"] == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"cname": "room", "name": "none"}, "name must be one of audio-call"),
        ({"cname": "room/", "name": "class"}, "cname: "),
        ({"cname": "room", "text": "steps: 5"}, "steps: "),
        ({"cname": "room", "text": 5}, "text must be a text"),
    ],
)
def test_what_cannot_be_played_is_refused_and_changes_nothing(sandbox, values, sentence):
    answer = requests.post(f"{sandbox.url}/_sandbox/scenarios/play", json=values, timeout=10)

    assert answer.status_code == 422
    assert answer.json()["message"].startswith(sentence)
    assert sandbox.state()["channels"] == []
