import pytest

from recorder.contract.layouts import Canvas, Layout, Region, layout_to_wire
from recorder.contract.states import Status
from recorder.lifecycle.reconcile import check
from recorder.lifecycle.start import request_start, send_start
from recorder.models import Layout as SavedLayout
from recorder.models import LayoutVersion, RecordingSession
from tests.support.provider import says

pytestmark = pytest.mark.django_db(transaction=True)

HALVES = (Region(0, 0, 500_000, 1_000_000), Region(500_000, 0, 500_000, 1_000_000))


@pytest.fixture
def halves(person) -> LayoutVersion:
    return SavedLayout.create("Halves", Canvas(640, 360), Layout(3, HALVES), by=person).latest


@pytest.fixture
def recording(request_for, person) -> RecordingSession:
    session, _ = request_start(request_for("all-hands"), by=person, form_key=None)
    send_start(session)
    check(session)
    return session


@pytest.fixture
def url(recording) -> str:
    return f"/sessions/{recording.pk}/layout/"


def test_saved_layouts_are_offered_as_pictures(signed_in, url, halves, asking):
    answer = signed_in.get(url, headers=asking)

    html = answer.content.decode()
    assert "dialog:open" in answer["HX-Trigger"]
    assert "Halves" in html
    assert 'viewBox="0 0 640 360"' in html


def test_an_archived_layout_is_not_offered(signed_in, url, halves, asking):
    from django.utils import timezone

    SavedLayout.objects.update(archived_at=timezone.now())

    assert "Halves" not in signed_in.get(url, headers=asking).content.decode()


def test_choosing_one_shows_before_after_and_what_changes(signed_in, url, halves, asking):
    html = signed_in.get(url, {"layout": f"version-{halves.pk}"}, headers=asking).content.decode()

    assert html.count("<figure>") == 2
    assert "Arrangement" in html
    assert "2 regions" in html
    assert "Apply to this recording" in html
    assert "dialog__head" not in html


def test_a_layout_of_another_shape_says_so(signed_in, url, halves, asking):
    html = signed_in.get(url, {"layout": f"version-{halves.pk}"}, headers=asking).content.decode()

    assert "It was drawn for 640 × 360" in html


def test_what_goes_back_to_the_default_is_named(signed_in, recording, url, halves, asking):
    wire = layout_to_wire(Layout(1, background_image="https://example.org/a.png"))
    RecordingSession.objects.filter(pk=recording.pk).update(layout=wire)

    html = signed_in.get(url, {"layout": f"version-{halves.pk}"}, headers=asking).content.decode()

    assert "Background image" in html
    assert "reset" in html


def test_applying_sends_the_whole_layout_once(signed_in, recording, url, halves, provider, asking):
    answer = signed_in.post(url, {"layout": f"version-{halves.pk}"}, headers=asking)

    recording.refresh_from_db()
    assert "all-hands shows “Halves” now." in answer.content.decode()
    assert recording.layout_version == halves
    assert provider.count("updateLayout") == 1
    assert provider.last("updateLayout").body["clientRequest"] == layout_to_wire(halves.parsed())


def test_a_refusal_says_why_and_that_the_recording_goes_on(
    signed_in, recording, url, halves, provider, asking
):
    provider.will("updateLayout", says(400, code=2, reason="invalid layout"))

    answer = signed_in.post(url, {"layout": f"version-{halves.pk}"}, headers=asking)

    recording.refresh_from_db()
    assert answer.status_code == 409
    assert "the recording goes on as it was" in answer.content.decode()
    assert recording.layout_version is None


def test_an_older_version_than_the_newest_is_not_applied(
    signed_in, url, halves, provider, asking, person
):
    halves.layout.add_version(Canvas(640, 360), Layout(1), by=person, seen=1)

    answer = signed_in.post(url, {"layout": f"version-{halves.pk}"}, headers=asking)

    assert answer.status_code == 409
    assert "newer version" in answer.content.decode()
    assert provider.count("updateLayout") == 0


def test_where_it_is_not_possible_the_sentence_stands_instead_of_the_button(
    signed_in, make_session, halves, asking
):
    session = make_session(Status.STOPPED)

    url = f"/sessions/{session.pk}/layout/?layout=version-{halves.pk}"
    html = signed_in.get(url, headers=asking).content.decode()

    assert "The session has ended." in html
    assert 'aria-disabled="true"' in html


def test_without_scripts_it_is_a_page(signed_in, url, halves, recording):
    assert "<html" in signed_in.get(url, {"layout": f"version-{halves.pk}"}).content.decode()

    answer = signed_in.post(url, {"layout": f"version-{halves.pk}"})

    assert answer.status_code == 303
    recording.refresh_from_db()
    assert recording.layout_version == halves


def test_the_predefined_ones_are_offered_once_and_can_be_applied(
    signed_in, recording, url, provider, asking, person
):
    SavedLayout.create("Best fit", Canvas(1280, 720), Layout(1), by=person)
    SavedLayout.create("Vertical", Canvas(1280, 720), Layout(0), by=person)  # only named so

    html = signed_in.get(url, headers=asking).content.decode()
    answer = signed_in.post(url, {"layout": "kind-1"}, headers=asking)

    recording.refresh_from_db()
    assert html.count("<span>Best fit</span>") == 1
    assert html.count("<span>Vertical</span>") == 2
    assert "shows “Best fit” now" in answer.content.decode()
    assert recording.layout["mixedVideoLayout"] == 1


def test_the_layout_before_can_be_put_back_without_scripts(signed_in, recording, url, halves):
    first = recording.layout
    signed_in.post(url, {"layout": f"version-{halves.pk}"})
    compared = signed_in.get(url, {"layout": "previous"}).content.decode()

    signed_in.post(url, {"layout": "previous"})

    recording.refresh_from_db()
    assert "Then: The layout before this one" in compared
    assert recording.layout == first
    assert 'value="previous"' in signed_in.get(url).content.decode()


def test_the_editor_is_offered(signed_in, recording, url, asking):
    assert (
        f"/sessions/{recording.pk}/layout/editor/"
        in signed_in.get(url, headers=asking).content.decode()
    )


def test_the_story_draws_what_it_began_with_and_each_layout_after(
    signed_in, recording, url, halves
):
    signed_in.post(url, {"layout": f"version-{halves.pk}"})
    signed_in.post(url, {"layout": "kind-2"})

    entries = signed_in.get(f"/sessions/{recording.pk}/").context["entries"]

    drawn = [(one["title"], one["picture"]["layout"]) for one in entries if one["picture"]]
    assert [title for title, _layout in drawn] == ["Layout changed", "Layout changed", "Started"]
    assert [layout.kind for _title, layout in drawn] == [2, 3, 0]
    assert [one["picture"]["name"] for one in entries if one["picture"]][1] == "Halves, version 1"


def test_applying_twice_from_the_same_page_sends_once(signed_in, url, halves, provider):
    page = signed_in.get(url, {"layout": f"version-{halves.pk}"})
    posted = {"layout": f"version-{halves.pk}", "before": page.context["tag"]}

    for _again in range(2):
        signed_in.post(url, posted)

    assert 'name="before"' in page.content.decode()
    assert provider.count("updateLayout") == 1


def test_what_somebody_else_shows_meanwhile_is_not_replaced_unseen(
    signed_in, url, halves, provider, asking
):
    tag = signed_in.get(url, {"layout": "kind-1"}).context["tag"]
    signed_in.post(url, {"layout": f"version-{halves.pk}"})

    answer = signed_in.post(url, {"layout": "kind-1", "before": tag}, headers=asking)

    assert answer.status_code == 409
    assert "was changed while you were drawing" in answer.content.decode()
    assert provider.count("updateLayout") == 1
