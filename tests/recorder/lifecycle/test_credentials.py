"""Do a project's credentials work? One harmless call, its answer in a sentence, kept as a call."""

import threading

import pytest

from recorder.lifecycle.credentials import check_project, check_within
from recorder.models import Project, ProviderCall
from tests.support.provider import held, says
from tests.support.rows import CUSTOMER_SECRET

pytestmark = pytest.mark.django_db(transaction=True)


def test_accepted_credentials_pass_and_leave_one_call(project, provider):
    result = check_project(project)

    assert result.passed
    assert [call.operation for call in provider.calls] == ["acquire"]
    call = ProviderCall.objects.get()
    assert (call.session, call.operation, call.outcome) == (None, "acquire", "done")


def test_refused_credentials_say_what_it_means_without_the_secret(project, provider):
    provider.will("acquire", says(401, message=f"wrong secret {CUSTOMER_SECRET}"))

    result = check_project(project)

    assert (result.passed, result.status) == (False, 401)
    assert "No recording was started" in result.sentence
    assert CUSTOMER_SECRET not in result.sentence
    assert CUSTOMER_SECRET not in str(ProviderCall.objects.get().response)


def test_a_project_without_an_address_is_refused_before_anything_is_sent(project):
    Project.objects.filter(pk=project.pk).update(base_url="")
    project.refresh_from_db()

    result = check_project(project)

    assert not result.passed
    assert "address" in result.sentence
    assert not ProviderCall.objects.exists()


def test_a_quick_answer_is_waited_for(project, provider):
    provider.will("acquire", says(401, message="no"))

    result = check_within(project, 10.0)

    assert result is not None
    assert not result.passed


def test_a_slow_answer_comes_as_a_call_later(project, provider):
    answering = threading.Event()
    provider.will("acquire", held(answering))

    result = check_within(project, 0.01)
    assert result is None
    assert not ProviderCall.objects.exists()

    answering.set()
    while not ProviderCall.objects.exists():
        pass  # each look is a query; the call is kept when the answer is there
    assert ProviderCall.objects.get().outcome == "done"
