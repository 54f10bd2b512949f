"""The first steps, as the rows tell them."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from dashboard.checklist import first_steps
from recorder.models import Project, ProviderCall, RecordingSession, StorageCheck, StorageConfig


@pytest.fixture
def visit(rf, person):
    def visit(**cookies):
        request = rf.get("/")
        request.user = person
        request.COOKIES.update(cookies)
        return request

    return visit


def done(request):
    return [step.done for step in first_steps(request).steps]


def test_nothing_is_done_in_an_empty_house(visit):
    assert done(visit()) == [False] * 6


def test_each_step_is_done_when_its_row_is_there(visit):
    project = Project.objects.create(
        name="P", provider="sandbox", app_id="a", customer_id="c", customer_secret="s"
    )
    assert done(visit()) == [True, False, False, False, False, False]

    call = {"project": project, "operation": "acquire", "method": "POST", "path": "acquire"}
    call |= {"started_at": timezone.now(), "duration_ms": 3}
    ProviderCall.objects.create(**call, outcome="refused")
    assert done(visit()) == [True, False, False, False, False, False]
    ProviderCall.objects.create(**call, outcome="done")
    assert done(visit()) == [True, True, False, False, False, False]

    storage = StorageConfig.objects.create(
        name="S", vendor=6, bucket="b", access_key="a", secret_key="s"
    )
    StorageCheck.objects.create(storage_config=storage, outcome="failed")
    assert done(visit()) == [True, True, True, False, False, False]
    StorageCheck.objects.create(storage_config=storage, outcome="passed")
    assert done(visit()) == [True, True, True, True, False, False]

    project.callback_secret = "secret"
    project.save()
    assert done(visit()) == [True, True, True, True, True, False]

    RecordingSession.objects.create(
        project=project,
        storage_config=storage,
        mode="mix",
        cname="room",
        uid="1",
        request={},
        storage={},
    )
    assert done(visit()) == [True] * 6


def test_an_open_step_offers_what_to_do(visit):
    request = visit()

    page = render_to_string(
        "first_run/_checklist.html", {"checklist": first_steps(request)}, request
    )

    assert "0 of 6 done" in page
    assert f'href="{reverse("project_new")}"' in page


def test_whoever_puts_it_away_does_not_see_it_again(signed_in, visit):
    answer = signed_in.post(reverse("first_run_dismiss"))

    assert answer.status_code == 303
    assert first_steps(visit(first_run=answer.cookies["first_run"].value)) is None
