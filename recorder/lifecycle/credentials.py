"""Do a project's credentials work? Asked with the one call that costs nothing: an acquire."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass

from django.db import connections
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from recorder.contract.states import ProviderName
from recorder.errors import RecorderError
from recorder.lifecycle.line import call_row, credentials_of, pacer_of
from recorder.models import Project, ProviderCall
from recorder.providers.client import CallRecord, client_for
from recorder.providers.errors import ProviderError

# Nobody records this channel: the resource id that comes back is left to expire.
CNAME, UID = "reelroomcheck", "1"

# A provider that does not answer is asked again for half a minute; a page waits less.
_pool = ThreadPoolExecutor(2, thread_name_prefix="credentials")


@dataclass(frozen=True, slots=True)
class ProjectCheck:
    """`sentence` in three parts where it failed; `status` and `code` of the provider's answer."""

    passed: bool
    sentence: str
    status: int | None = None
    code: int | None = None


def check_project(project: Project) -> ProjectCheck:
    """Send the call and say what its answer means. Never raises for what the provider does."""
    heard: list[CallRecord] = []
    try:
        client = client_for(credentials_of(project), on_call=heard.append, pace=pacer_of(project))
        client.acquire(CNAME, UID, {})
    except ProviderError as error:
        result = ProjectCheck(False, str(error), error.status, error.code)
    except RecorderError as error:
        result = ProjectCheck(False, str(error))
    else:
        provider = dict(Project.PROVIDERS)[ProviderName(project.provider).value]
        result = ProjectCheck(
            True, _("%(provider)s accepts these credentials.") % {"provider": provider}
        )
    ProviderCall.objects.bulk_create(call_row(record, project.pk) for record in heard)
    return result


def check_within(project: Project, seconds: float) -> ProjectCheck | None:
    """The same on a thread of its own. None when it takes longer; its ProviderCall comes later."""
    future = _pool.submit(_check_there, project, get_language())
    try:
        return future.result(timeout=seconds)
    except NotYet:
        return None


def _check_there(project: Project, language: str | None) -> ProjectCheck:
    try:
        with override(language):
            return check_project(project)
    finally:
        connections.close_all()
