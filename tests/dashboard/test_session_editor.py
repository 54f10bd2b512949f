"""The editor on a running recording: draft, what would change, apply once, revert."""

import json

import pytest

from recorder.contract.layouts import Layout, layout_to_wire
from recorder.contract.states import Mode, Status
from recorder.lifecycle.layout import apply_layout
from recorder.lifecycle.reconcile import check
from recorder.lifecycle.start import request_start, send_start
from recorder.models import AuditEntry, RecordingSession, ShownLayout, User
from tests.support.provider import lost, says

pytestmark = pytest.mark.django_db(transaction=True)

HALVES = [
    {"x_axis": 0, "y_axis": 0, "width": 0.5, "height": 1},
    {"x_axis": 0.5, "y_axis": 0, "width": 0.5, "height": 1},
]


def document(*regions, **more):
    listed = list(regions) or HALVES
    return {"mixed_video_layout": 3, "layout_config": listed, "background_color": "#123456"} | more


@pytest.fixture
def recording(request_for, person) -> RecordingSession:
    session, _ = request_start(request_for("all-hands"), by=person, form_key=None)
    send_start(session)
    check(session)
    return session


@pytest.fixture
def page(signed_in, recording):
    """What the editor's page embeds, as it is now."""
    return lambda: signed_in.get(f"/sessions/{recording.pk}/layout/editor/").context["editor"]


@pytest.fixture
def send(signed_in, recording):
    """`send(body, to="", pk=None)`: POST to the session's layout address."""

    def post(body, to="", pk=None):
        url = f"/sessions/{pk or recording.pk}/layout/{to}"
        text = body if isinstance(body, str) else json.dumps(body)
        return signed_in.post(url, text, content_type="application/json")

    return post


def test_the_page_holds_the_layout_in_force(page, recording):
    data = page()

    assert data["mode"] == "live"
    assert data["wire"] == recording.layout
    assert data["document"]["width"] == recording.canvas_width
    assert data["live"]["why_not"] == ""
    assert data["live"]["previous"] is None
    assert data["urls"]["apply"] == f"/sessions/{recording.pk}/layout/"


def test_what_would_change_is_told_in_words_and_pictures(send, recording):
    wire = layout_to_wire(Layout(1, background_image="https://example.org/a.png"))
    RecordingSession.objects.filter(pk=recording.pk).update(layout=wire)

    said = send({"document": document()}, "changes/").json()

    told = {change["what"]: change for change in said["changes"]}
    assert told["Arrangement"]["after"] == "Custom"
    assert told["Background image"]["reset"] is True
    assert said["thumbnails"]["now"].startswith("<svg")
    assert said["thumbnails"]["then"].startswith("<svg")


def test_applying_sends_the_whole_layout_and_says_what_is_in_force(
    send, page, recording, provider, person
):
    said = send({"document": document(), "before": page()["live"]["before"]})

    answer = said.json()
    recording.refresh_from_db()
    assert (said.status_code, answer["outcome"], answer["sent"]) == (200, "accepted", True)
    assert answer["before"] == page()["live"]["before"]
    assert provider.last("updateLayout").body["clientRequest"] == recording.layout
    assert recording.layout["backgroundColor"] == "#123456"
    assert recording.shown.first().by == person


def test_a_second_click_sends_nothing_more(send, page, provider):
    body = {"document": document(), "before": page()["live"]["before"]}

    first, second = send(body).json(), send(body).json()

    assert (first["outcome"], second["outcome"]) == ("accepted", "accepted")
    assert (first["sent"], second["sent"]) == (True, False)
    assert provider.count("updateLayout") == 1
    assert ShownLayout.objects.count() == 2


def test_a_layout_that_somebody_else_changed_meanwhile_is_not_overwritten(
    send, page, recording, provider
):
    body = {"document": document(), "before": page()["live"]["before"]}
    apply_layout(recording, Layout(2), by=User.objects.create_user("jun"))

    said = send(body)

    answer = said.json()
    assert (said.status_code, answer["outcome"]) == (409, "refused")
    assert answer["conflict"]["by"] == "jun"
    assert answer["conflict"]["document"]["mixed_video_layout"] == 2
    assert provider.count("updateLayout") == 1
    assert send(body | {"before": answer["before"]}).json()["outcome"] == "accepted"


def test_the_previous_layout_can_be_put_back(send, page, recording, provider):
    first = recording.layout
    applied = send({"document": document(), "before": page()["live"]["before"]}).json()

    previous = applied["previous"]
    reverted = send({"document": previous["document"], "before": applied["before"]}).json()

    recording.refresh_from_db()
    assert previous["wire"] == first
    assert recording.layout == first
    assert reverted["previous"]["wire"]["backgroundColor"] == "#123456"
    assert provider.count("updateLayout") == 2


def test_a_refusal_says_why_and_that_the_recording_goes_on(send, page, recording, provider):
    provider.will("updateLayout", says(400, code=2, reason="invalid layout"))
    before = recording.layout

    said = send({"document": document(), "before": page()["live"]["before"]})

    answer = said.json()
    recording.refresh_from_db()
    assert (said.status_code, answer["outcome"], answer["ended"]) == (409, "refused", False)
    assert "the recording goes on as it was" in answer["message"]
    assert recording.layout == before
    assert not AuditEntry.objects.filter(action="session.layout").exists()


def test_a_lost_answer_is_unknown_and_can_be_sent_again(send, page, provider):
    provider.will("updateLayout", lost)
    body = {"document": document(), "before": page()["live"]["before"]}

    first, again = send(body), send(body)

    assert (first.status_code, first.json()["outcome"]) == (202, "unknown")
    assert "not known whether the service took" in first.json()["message"]
    assert again.json()["sent"] is True


def test_a_recording_that_ended_while_drawing_says_so(send, page, recording, provider):
    before = page()["live"]["before"]
    RecordingSession.objects.filter(pk=recording.pk).update(status=Status.STOPPED.value)

    said = send({"document": document(), "before": before})

    answer = said.json()
    assert (said.status_code, answer["outcome"], answer["ended"]) == (409, "refused", True)
    assert "has ended" in answer["message"]
    assert "draft is still here" in answer["message"]
    assert provider.count("updateLayout") == 0


def test_a_session_that_the_service_no_longer_finds_is_a_refusal(send, page, provider):
    provider.will("updateLayout", says(404, reason="failed to find worker"))

    said = send({"document": document(), "before": page()["live"]["before"]})

    assert (said.status_code, said.json()["outcome"]) == (409, "refused")


def test_what_is_wrong_is_named_at_its_place_and_not_sent(send, page, provider):
    over = {"x_axis": 0.5, "y_axis": 0, "width": 0.500001, "height": 1}

    said = send({"document": document(over), "before": page()["live"]["before"]})

    assert said.status_code == 422
    assert said.json()["outcome"] == "refused"
    assert said.json()["problems"][0]["path"] == "layoutConfig.0.width"
    assert provider.count("updateLayout") == 0


def test_the_size_of_a_recording_stays_whatever_the_document_says(send, page, recording):
    size = (recording.canvas_width, recording.canvas_height)

    said = send({"document": document(width=64, height=64), "before": page()["live"]["before"]})

    recording.refresh_from_db()
    assert (said.json()["document"]["width"], said.json()["document"]["height"]) == size
    assert "width" not in recording.layout


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"mode": Mode.INDIVIDUAL.value}, "Only a mix recording has a layout."),
        ({"mode": Mode.WEB.value}, "Only a mix recording has a layout."),
        ({"status": Status.STOPPED}, "The session has ended."),
        ({"status": Status.STOPPING}, "The session is being stopped."),
    ],
)
def test_where_it_is_not_possible_the_page_says_why(
    signed_in, send, make_session, provider, fields, word
):
    session = make_session(**{"status": Status.RECORDING, **fields})

    page = signed_in.get(f"/sessions/{session.pk}/layout/editor/").content.decode()
    said = send({"document": document(), "before": ""}, pk=session.pk)

    assert word in page
    assert said.status_code == 409
    assert (word if session.is_live else "has ended") in said.json()["message"]
    assert said.json()["outcome"] == "refused"
    assert provider.count("updateLayout") == 0


def test_the_page_asks_until_the_end_whether_the_layout_can_be_changed(
    signed_in, recording, asking
):
    url = f"/sessions/{recording.pk}/layout/editor/"
    first = signed_in.get(url)
    tag = first["HX-PTag"]
    again = signed_in.get(url, headers={**asking, "HX-PTag": tag})
    RecordingSession.objects.update(status=Status.STOPPED)
    ended = signed_in.get(url, headers={**asking, "HX-PTag": tag})

    assert f'hx-get="{url}"' in first.content.decode()
    assert again.status_code == 304
    part = ended.content.decode()
    assert 'data-why-not="The session has ended."' in part
    assert "can still be saved as a layout" in part
    assert "editor-data" not in part
    assert "data-poll" not in part


@pytest.mark.parametrize("text", ["{", "[]", '{"document": 3}', '{"document": {"width": NaN}}'])
@pytest.mark.parametrize("to", ["", "changes/"])
def test_what_is_no_document_is_refused_cleanly(send, text, to):
    said = send(text, to)

    assert said.status_code in {400, 422}
    assert said.json()["message"]
