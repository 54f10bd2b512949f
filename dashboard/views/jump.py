"""Sessions for the jump-to box; its pages are matched in the browser (static/js/jump.js)."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from dashboard.htmx import is_htmx, render_partial
from recorder.models import RecordingSession

SHOWN = 8
RECENT = 2_000  # the newest rows, in which parts of names are looked for; the board reads them all
LONGEST = 1_024  # characters; a resource id is some hundred
LONGEST_FOR_BOARD = 200  # what its search takes
# Long columns that no line shows.
UNSHOWN = ("acquire_request", "request", "secrets", "storage", "layout", "missing")


@require_safe
def jump(request: HttpRequest) -> HttpResponse:
    """The lines below the pages; without htmx the board's own search."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    board = f"{reverse('sessions')}?{urlencode({'q': text})}"
    if not is_htmx(request):
        return redirect(board)
    found = find(request.user, text) if text else []
    context = {
        "sessions": found,
        "text": text,
        "said": _said(len(found)) if text else "",
        "board": board if text and len(text) <= LONGEST_FOR_BOARD else "",
    }
    return render_partial(request, "components/jump_found.html", context)


def find(user: AbstractBaseUser | AnonymousUser, text: str) -> list[RecordingSession]:
    """The best SHOWN: whole ids and channels of any age, then what is live, then what is recent.

    It is asked at every pause in typing, so each query reads an index or a bounded range of rows.
    """
    rows = RecordingSession.objects.visible_to(user).defer(*UNSHOWN)
    newest = rows.values_list("pk", flat=True).first()
    if newest is None:
        return []
    partly = (
        Q(cname__icontains=text)
        | Q(sid__startswith=text)
        | Q(resource_id__startswith=text)
        | Q(reference__startswith=text)
        | Q(uid__startswith=text)
    )
    found: dict[int, RecordingSession] = {}
    for stage in (
        rows.filter(reference=text),
        rows.filter(sid=text),
        rows.filter(cname=text),
        rows.live().filter(partly),
        rows.filter(partly, pk__gt=newest - RECENT),
    ):
        if len(found) < SHOWN:
            found |= {row.pk: row for row in stage.exclude(pk__in=found)[: SHOWN - len(found)]}
    return list(found.values())


def _said(count: int) -> str:
    """What a screen reader hears when the answer is there, and everybody may read."""
    if not count:
        return _("No recent session matches.")
    return ngettext("%(count)s session", "%(count)s sessions", count) % {"count": count}
