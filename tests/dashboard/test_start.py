"""The start page: what it shows, what it refuses, and starting once."""

import html
import re

import pytest
from django.urls import reverse

from recorder.models import RecordingSession
from tests.support.rows import layout_version, make_project, make_storage_config  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
RECORDING = "clientRequest.recordingConfig"
PICTURE = f"{RECORDING}.transcodingConfig"
FILES = "clientRequest.recordingFileConfig.avFileType"


@pytest.fixture
def ready(project, storage_config):
    """What a start needs; a provider that answers."""


@pytest.fixture
def fields(signed_in, ready):
    """The form as a browser sends it after opening the page, with a channel typed in."""
    page = signed_in.get(reverse("start")).content.decode()
    return sent(page) | {"cname": "room1"}


def sent(page: str) -> dict:
    """What a browser would send of the form on a page."""
    form = page[
        page.index('id="start-form"') : page.index("</form>", page.index('id="start-form"'))
    ]
    values = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = {
            name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)
        }
        ticked = given.get("type") not in {"radio", "checkbox"} or re.search(r"\schecked", tag)
        if given["name"] != "csrfmiddlewaretoken" and ticked:
            values[given["name"]] = given.get("value", "")
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected>', options)
        first = re.findall(r'<option value="([^"]*)"', options)
        values[name] = (chosen or first)[0]
    return values


def test_the_page_opens(signed_in, ready):
    page = signed_in.get(reverse("start"))

    assert page.status_code == 200


def test_a_start_goes_to_its_session(signed_in, fields, provider):
    answer = signed_in.post(reverse("start_send"), fields)

    session = RecordingSession.objects.get()
    assert answer.status_code == 303, answer.content.decode()
    assert answer["Location"] == reverse("session", args=[session.pk])
    assert provider.count("start") == 1
