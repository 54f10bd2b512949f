"""What a person chose about the pages themselves, kept in cookies."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from dashboard.checklist import DISMISSED

THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


def chosen_theme(request: HttpRequest) -> str:
    """ "light" or "dark"; empty follows the system."""
    choice = request.COOKIES.get("theme", "")
    return choice if choice in THEMES else ""


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back, status=303)
    choice = request.POST.get("theme")
    if choice in THEMES:
        response.set_cookie(
            "theme", choice, max_age=YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@require_POST
def dismiss_first_run(request: HttpRequest) -> HttpResponse:
    """The first steps are not shown in this browser any more."""
    response = HttpResponseRedirect("/", status=303)
    response.set_cookie(
        DISMISSED, "1", max_age=YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
    )
    return response
