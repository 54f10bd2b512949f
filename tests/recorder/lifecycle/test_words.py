from datetime import timedelta

import pytest
from django.utils import timezone

from recorder.contract.states import Mode, Operation, Status, Upload
from recorder.lifecycle.attention import Attention, regard
from recorder.lifecycle.observe import failure_of
from recorder.lifecycle.words import (
    ICONS,
    explain_attention,
    explain_failure,
    legal_actions,
    standing,
)

pytestmark = pytest.mark.django_db


def test_every_pair_of_states_has_words_a_tone_and_an_icon(make_session):
    session = make_session()

    for status in Status:
        for upload in Upload:
            session.status, session.upload = status, upload
            stands = standing(session)
            assert stands.label
            assert stands.icon in ICONS.values()


@pytest.mark.parametrize(
    ("status", "upload", "key", "tone"),
    [
        (Status.REQUESTED, Upload.NONE, "requested", "busy"),
        (Status.STARTING, Upload.NONE, "starting", "busy"),
        (Status.UNCONFIRMED, Upload.NONE, "unconfirmed", "warn"),
        (Status.RECORDING, Upload.UPLOADING, "recording", "live"),
        (Status.RECOVERING, Upload.UPLOADING, "recovering", "warn"),
        (Status.STOPPED, Upload.UPLOADING, "uploading", "moving"),
        (Status.STOPPED, Upload.UNKNOWN, "unknown", "warn"),
        (Status.STOPPED, Upload.BACKED_UP, "backed_up", "warn"),
        (Status.STOPPED, Upload.UPLOADED, "uploaded", "done"),
        (Status.STOPPED, Upload.NO_FILES, "no_files", "idle"),
        (Status.FAILED, Upload.UPLOADED, "failed", "failed"),
    ],
)
def test_status_speaks_while_it_lives_then_upload_and_failed_wins(
    make_session, status, upload, key, tone
):
    stands = standing(make_session(status, upload=upload))

    assert (stands.key, stands.tone) == (key, tone)


def test_a_wish_to_stop_reads_as_stopping_at_once(make_session):
    session = make_session(Status.RECORDING, stop_requested_at=timezone.now())

    assert standing(session).key == "stopping"


def test_a_session_stopped_before_its_start_was_sent_was_cancelled(make_session):
    session = make_session(Status.STOPPED, start_sent_at=None, sid="")

    assert standing(session).key == "cancelled"


def test_what_needs_attention_is_marked_while_it_lives(make_session):
    session = make_session(Status.STARTING, attention=Attention.NOT_RECORDING)

    assert standing(session).tone == "warn"


@pytest.mark.parametrize("reason", [reason for reason in Attention if reason != Attention.FAILED])
def test_every_reason_for_attention_is_explained_in_three_parts(make_session, reason):
    assert all(explain_attention(make_session(attention=reason)))


def test_a_refusal_is_explained_by_the_contract_with_the_provider_s_own_words(make_session):
    failure = failure_of(
        timezone.now(), Operation.START, http_status=400, code=53, text="task conflict"
    )

    what, meaning, remedy = explain_failure(make_session(Status.FAILED, failure=failure))

    assert "task conflict" in what
    assert meaning
    assert remedy


@pytest.mark.parametrize(
    ("code", "recorded", "words"),
    [(404, False, "Nothing was recorded"), (404, True, "storage"), (20, True, "storage")],
)
def test_an_end_by_itself_says_what_is_left_of_the_recording(make_session, code, recorded, words):
    failure = failure_of(timezone.now(), Operation.QUERY, http_status=404, code=code)
    at = timezone.now() - timedelta(minutes=1) if recorded else None

    explained = explain_failure(make_session(Status.FAILED, failure=failure, recording_at=at))

    assert words in explained.meaning


@pytest.mark.parametrize(
    ("trouble", "what", "remedy"),
    [
        (
            {"event_type": 11, "level": 3, "module": None, "notes": ["It ended abnormally."]},
            "The recording ended abnormally.",
            "the App Certificate",
        ),
        (
            {"event_type": 1, "level": 5, "module": 1, "code": 32, "notes": ["Wrong keys."]},
            "The recording ended abnormally. Wrong keys. The provider said: “no”.",
            "Check bucket, region and keys of the storage, then start a new recording.",
        ),
    ],
)
def test_an_end_that_a_notice_explains_is_told_once_with_its_own_remedy(
    make_session, trouble, what, remedy
):
    failure = failure_of(timezone.now(), Operation.QUERY, http_status=200, code=20)
    said = {"at": "2026-11-21T18:15:13+00:00", "text": "no" if trouble["event_type"] == 1 else ""}
    session = make_session(Status.FAILED, failure=failure, trouble=trouble | said)

    explained = explain_failure(session)

    assert explained.what == what
    assert remedy in explained.remedy


def test_our_own_reason_is_said_as_it_is(make_session):
    failure = failure_of(timezone.now(), Operation.ACQUIRE, text="The address cannot be used.")

    assert explain_failure(make_session(Status.FAILED, failure=failure)).what == (
        "The address cannot be used."
    )


def test_a_session_that_has_not_failed_has_no_failure_to_explain(make_session):
    assert explain_failure(make_session()) is None
    assert explain_attention(make_session()) is None


@pytest.mark.parametrize(
    ("status", "legal"),
    [
        (Status.REQUESTED, {"stop"}),
        (Status.STARTING, {"stop"}),
        (Status.UNCONFIRMED, {"stop", "give_up"}),
        (Status.RECORDING, {"stop", "query", "layout", "update"}),
        (Status.RECOVERING, {"stop", "query"}),
        (Status.STOPPING, {"stop"}),
        (Status.STOPPED, set()),
        (Status.FAILED, set()),
    ],
)
def test_an_action_is_possible_or_a_sentence_says_why_not(make_session, status, legal):
    actions = legal_actions(make_session(status))

    assert {action for action, why_not in actions.items() if why_not is None} == legal
    assert all(why_not.endswith(".") for why_not in actions.values() if why_not)


def test_a_second_stop_is_told_who_was_first(make_session, user):
    session = make_session(stop_requested_at=timezone.now(), stop_requested_by=user)

    assert "ada" in legal_actions(session)["stop"]


def test_only_a_mix_recording_has_a_layout(make_session):
    assert "mix" in legal_actions(make_session(mode=Mode.INDIVIDUAL))["layout"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": Status.RECORDING}, "is on its way"),
        ({"status": Status.UNCONFIRMED, "sid": ""}, "waits for the sid"),
    ],
)
def test_a_wish_to_stop_says_what_it_waits_for(make_session, django_user_model, fields, words):
    by = django_user_model.objects.create(username="maria")
    session = make_session(stop_requested_at=timezone.now(), stop_requested_by=by, **fields)

    assert words in legal_actions(session)["stop"]


def test_a_start_on_its_way_is_no_recording_that_goes_on_unheard(make_session):
    """Its tries are those of the acquire before it, while the provider was in trouble."""
    now = timezone.now()
    session = make_session(Status.STARTING, tries=4, start_sent_at=now - timedelta(minutes=2))

    regard(session, now)

    assert session.attention == ""
