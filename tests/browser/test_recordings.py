"""A recording's page in a real browser, as far as it needs no storage."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from recorder.contract.states import Status
from recorder.models import RecordedFile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Kind = RecordedFile.Kind
BEGIN_MS = 1_704_164_645_006


@pytest.fixture
def recording(make_session):
    """A list that is not in the storage, one slice that is, and one that is not."""
    session = make_session(Status.STOPPED, cname="all-hands", sid="9f")
    looked = {"session": session, "checked_at": timezone.now()}
    RecordedFile.objects.create(
        name="rooms/9f_all-hands.m3u8", kind=Kind.PLAYLIST, present=False, **looked
    )
    for number, present in enumerate((True, False)):
        RecordedFile.objects.create(
            name=f"rooms/9f_all-hands_2024010203040{number}006.ts",
            kind=Kind.SLICE,
            slice_start_ms=BEGIN_MS + 15_000 * number,
            duration_ms=15_000,
            size=96_000 if present else None,
            present=present,
            **looked,
        )
    return session


def test_the_files_of_a_recording_are_cards_without_empty_lines_on_a_phone(
    live_server, page: Page, sign_in, recording, accessible, theme, width
):
    sign_in()
    page.goto(f"{live_server.url}/recordings/{recording.pk}/")
    playlist, there, lost = (
        page.locator(f"#file-{pk}")
        for pk in recording.files.order_by("name").values_list("pk", flat=True)
    )
    wide = width > 800

    expect(page.locator(".branch:visible")).to_have_count(2 if wide else 0)
    expect(there.locator("td:visible")).to_have_count(6)
    expect(lost.locator("td:visible")).to_have_count(6 if wide else 4)
    expect(playlist.locator("td:visible")).to_have_count(6 if wide else 2)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    accessible()
