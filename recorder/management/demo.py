"""The main job without a browser, through the product's own REST API, checked to the last slice.

Two participants, two layouts. Which of the two a decoded picture shows is told by its colours
(recorder.management.slices).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from recorder.contract.layouts import CUSTOM, UNIT, Canvas, Layout, Region, layout_to_wire
from recorder.footage.playlist import BadPlaylist, Playlist, Segment, parse
from recorder.management.slices import Decoded, decode, probes_of
from recorder.management.temporary import House, temporary_house

CANVAS = Canvas(640, 360)
LEFT, RIGHT = "101", "102"  # named in the layouts, so the sandbox lets them join
HALF = UNIT // 2
LAYOUTS = {
    "halves": Layout(
        CUSTOM, (Region(0, 0, HALF, UNIT, uid=LEFT), Region(HALF, 0, HALF, UNIT, uid=RIGHT))
    ),
    "corner": Layout(
        CUSTOM,
        (Region(0, 0, UNIT, UNIT, uid=RIGHT), Region(700_000, 700_000, 250_000, 250_000, uid=LEFT)),
    ),
}
PATIENCE = 30.0  # seconds for each thing that is waited for
STEP = 0.2
TIMEOUT = 30  # seconds of one request
LENGTH_TOLERANCE_MS = 150  # between a slice's EXTINF and what is decoded


class Failed(Exception):
    """A step did not do what it should; the text says which and how."""


class Api:
    """The REST API as a program uses it."""

    def __init__(self, house: House):
        self.base = f"{house.url}/api/v1/"
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Token {house.token}"

    def get(self, path: str) -> Any:
        return self._answer("GET", path, self.http.get(self.base + path, timeout=TIMEOUT))

    def post(self, path: str, body: object = None) -> Any:
        return self._answer(
            "POST", path, self.http.post(self.base + path, json=body, timeout=TIMEOUT)
        )

    def read(self, url: str) -> bytes:
        """A file at its signed address, as a player reads it: without our token."""
        answer = requests.get(url, timeout=TIMEOUT)
        if not answer.ok:
            raise Failed(f"the storage answered {answer.status_code}")
        return answer.content

    @staticmethod
    def _answer(method: str, path: str, answer: requests.Response) -> Any:
        if answer.ok:
            return answer.json()
        try:
            sentence = answer.json()["error"]["message"]
        except (ValueError, KeyError, TypeError):
            sentence = "no explanation"
        raise Failed(f"{method} {path} answered {answer.status_code}: {sentence}")


@dataclass
class Row:
    """One slice in the table."""

    segment: Segment
    size: int | None = None
    seen: Decoded | None = None
    problems: list[str] = field(default_factory=list)


def run(seconds: int, cname: str) -> bool:
    """The whole story, told as it goes. True when everything holds."""
    began = time.monotonic()

    def write(text: str) -> None:
        print(text, end="", flush=True)  # as it happens, also into a pipe

    def say(text: str) -> None:
        write(f"{time.monotonic() - began:6.1f} s  {text}\n")

    try:
        with temporary_house() as house:
            say("Reelroom is ready")
            rows, problems = _story(Api(house), seconds, cname, say)
    except (Failed, requests.RequestException) as error:
        say(f"Failed: {error}")
        return False
    _table(rows, write)
    problems += [f"{row.segment.uri}: {text}" for row in rows for text in row.problems]
    for problem in problems:
        write(f"  ✗ {problem}\n")
    say("Failed" if problems else "All of it holds")
    return not problems


def _story(
    api: Api, seconds: int, cname: str, say: Callable[[str], None]
) -> tuple[list[Row], list[str]]:
    layouts = {name: _saved(api, name, layout) for name, layout in LAYOUTS.items()}
    session = _start(api, cname, layouts["halves"])
    started = time.monotonic()
    path = f"sessions/{session['id']}/"
    say(f"started: sid {session['sid']}")

    _wait(lambda: api.post(f"{path}query/")["status"] == "recording", "recording", pause=1)
    say("recording")
    _rest_until(started + seconds / 2)
    api.post(f"{path}update-layout/", {"layout": layouts["corner"]})
    say("layout changed")

    _rest_until(started + seconds)
    api.post(f"{path}stop/")
    _wait(lambda: api.get(path)["status"] == "stopped", "stopped")
    say("stopped")
    files = _wait(lambda: _complete(api, path), "in the bucket whole")
    session = api.get(path)
    say(f"uploaded: {session['playlist']}")
    return _check(api, session, files, seconds)


def _saved(api: Api, name: str, layout: Layout) -> int:
    wire = layout_to_wire(layout)
    body = {
        "name": f"Demo {name}",
        "width": CANVAS.width,
        "height": CANVAS.height,
        "mixed_video_layout": wire["mixedVideoLayout"],
        "layout_config": wire["layoutConfig"],
    }
    return int(api.post("layouts/", body)["id"])


def _start(api: Api, cname: str, layout: int) -> Any:
    (project,) = api.get("projects/")["results"]
    (storage,) = api.get("storage-configs/")["results"]
    body = {
        "project": project["id"],
        "storage_config": storage["id"],
        "mode": "mix",
        "cname": cname,
        "layout": layout,
    }
    session = api.post("sessions/", body)
    _wait(lambda: api.get(f"sessions/{session['id']}/")["sid"], "started")
    return api.get(f"sessions/{session['id']}/")


def _complete(api: Api, path: str) -> Any:
    """All files, once the bucket holds every one that the playlist lists."""
    page = api.get(f"{path}files/?look=true&page_size=200")
    return page["results"] if page["ledger"]["all_present"] else None


def _wait(happened: Callable[[], Any], what: str, pause: float = STEP) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (result := happened()):
        if time.monotonic() > deadline:
            raise Failed(f"it was not {what} within {PATIENCE:.0f} s")
        time.sleep(pause)
    return result


def _rest_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def _check(api: Api, session: Any, files: list[Any], seconds: int) -> tuple[list[Row], list[str]]:
    """Every slice that the playlist of `stop` lists, and then what they are together."""
    by_name = {file["name"]: file for file in files}
    if session["playlist"] not in by_name:
        raise Failed("the playlist that `stop` named is not among the files")
    playlist = _playlist(api, by_name[session["playlist"]])
    folder = session["playlist"].rpartition("/")[0]
    looks = {name: probes_of(layout, [LEFT, RIGHT], CANVAS) for name, layout in LAYOUTS.items()}
    rows = []
    for segment in playlist.segments:
        file = by_name.get(f"{folder}/{segment.uri}".lstrip("/"))
        rows.append(_check_slice(api, segment, file, looks))
    return rows, _check_whole(rows, playlist, seconds)


def _playlist(api: Api, file: Any) -> Playlist:
    try:
        return parse(api.read(file["url"]).decode())
    except (BadPlaylist, UnicodeDecodeError) as error:
        raise Failed(f"the playlist cannot be read: {error}") from error


def _check_slice(api: Api, segment: Segment, file: Any, looks: Any) -> Row:
    row = Row(segment)
    if file is None or not file["present"]:
        row.problems.append("it is not in the bucket")
        return row
    try:
        content = api.read(file["url"])
        row.size = len(content)
        row.seen = decode(content, looks)
    except (Failed, ValueError) as error:
        row.problems.append(str(error))
        return row
    if row.size != file["size"]:
        row.problems.append(f"{row.size} bytes came, {file['size']} are listed")
    if abs(row.seen.duration_ms - segment.duration_ms) > LENGTH_TOLERANCE_MS:
        row.problems.append(f"it plays {row.seen.duration_ms / 1000:.3f} s")
    if "?" in row.seen.shows:
        row.problems.append("some of its pictures show neither layout")
    if not row.seen.samples:
        row.problems.append("it is silent: no sound was recorded")
    return row


def _check_whole(rows: list[Row], playlist: Playlist, seconds: int) -> list[str]:
    problems = []
    if not rows:
        problems.append("the playlist lists no slice")
    if not playlist.ended:
        problems.append("the playlist has no end")
    shown = [name for row in rows if row.seen for name in row.seen.shows]
    order = [name for number, name in enumerate(shown) if shown[number - 1 : number] != [name]]
    if order != list(LAYOUTS):
        problems.append(f"the recording shows {' → '.join(order) or 'nothing'}")
    if playlist.duration_ms < (seconds - 5) * 1000:  # it takes a moment to begin
        problems.append(f"only {playlist.duration_ms / 1000:.1f} s were recorded")
    return problems


def _table(rows: list[Row], write: Callable[[str], object]) -> None:
    width = max([len(row.segment.uri) for row in rows], default=5)
    write(f"\n  {'slice':<{width}}  {'seconds':>8}  {'bytes':>9}  {'pictures':>8}  shows\n")
    for row in rows:
        seen = row.seen
        write(
            f"  {row.segment.uri:<{width}}  {row.segment.duration:>8.3f}  {row.size or '-':>9}"
            f"  {seen.pictures if seen else '-':>8}  {' → '.join(seen.shows) if seen else '-'}\n"
        )
    write("\n")
