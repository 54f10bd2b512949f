"""A small site with one polled board, to try the page patterns without a recorder behind them.

Use it with `@pytest.mark.urls("tests.support.board")`; `STATE` is what it shows.
"""

from dataclasses import dataclass, field
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.views.decorators.http import require_POST

from dashboard import htmx

HERE = Path(__file__).parent
PAGE, REGION = (HERE / name for name in ("board_page.html", "board_region.html"))


@dataclass
class Board:
    """What the board shows, and what happened to it."""

    rows: dict[str, str] = field(default_factory=lambda: {"a": "Starting", "b": "Recording"})
    pace: int = 0  # seconds; 0: only poll:now
    status: int = 200  # of every answer
    signed_out: bool = False
    answers: list[int] = field(default_factory=list)


STATE = Board()


def show(request: HttpRequest) -> HttpResponse:
    tag = htmx.poll_tag(STATE.rows, STATE.pace)
    response = htmx.unchanged(request, tag) or draw(request, tag)
    STATE.answers.append(response.status_code)
    return response


def draw(request: HttpRequest, tag: str) -> HttpResponse:
    if htmx.is_htmx(request) and STATE.signed_out:
        return HttpResponse(status=401)
    if htmx.is_htmx(request) and STATE.status != 200:
        return HttpResponse("<h1>an error page</h1>", status=STATE.status)
    django = engines["django"]
    context = {"rows": STATE.rows.items(), "pace": STATE.pace, "ptag": tag}
    html = region = django.from_string(REGION.read_text()).render(context, request)
    if not htmx.is_htmx(request):
        html = django.from_string(PAGE.read_text()).render({"region": region}, request)
    response = HttpResponse(html)
    response["HX-PTag"] = tag
    return response


@require_POST
def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f'<p id="keep">Sent {request.POST["name"]}</p>', status=STATE.status)


urlpatterns = [
    path("board/", show, name="sessions"),
    path("board/form/", form),
    path("start/", show, name="start"),
    path("", include("dashboard.urls")),
]
