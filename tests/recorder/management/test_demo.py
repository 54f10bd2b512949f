"""`demo` as a person runs it, and that its checks notice what they are there for."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from recorder.contract.layouts import CUSTOM, Layout
from recorder.footage.playlist import Playlist, Segment
from recorder.management import demo
from recorder.management.slices import Decoded, decode, probes_of
from recorder.sandbox.media import Timeline, render_slice
from recorder.sandbox.media.timeline import Joined, LayoutChanged

ROOT = Path(__file__).resolve().parents[3]
USERS = (demo.LEFT, demo.RIGHT)
pytestmark = pytest.mark.xdist_group("up")

PATIENCE = 120  # seconds; only a hang takes so long


def command(*arguments, **environment):
    return {
        "args": [sys.executable, "manage.py", "demo", *arguments],
        "cwd": ROOT,
        "env": {
            **os.environ,
            "SETUP": "off",
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
            **environment,
        },
        "text": True,
    }


def test_the_main_job_ends_with_status_0_and_leaves_nothing_behind(tmp_path):
    done = subprocess.run(
        **command("--seconds", "6", "--cname", "lesson 7", TMPDIR=str(tmp_path)),
        capture_output=True,
        timeout=PATIENCE,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "halves → corner" in done.stdout
    assert "All of it holds" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_demo_that_is_ended_ends_what_it_started(tmp_path, number, status):
    with subprocess.Popen(
        **command("--seconds", "600", TMPDIR=str(tmp_path)),
        stdout=subprocess.PIPE,
        # What a shell runs in the background ignores SIGINT, and so do its children.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert "ready" in process.stdout.readline()
        process.send_signal(number)
        process.wait(PATIENCE)

    assert process.returncode == status
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seconds", "3"], "from 4 to 3600"),
        (["--seconds", "٣٣"], "from 4 to 3600"),
        (["--seconds", "1e2"], "from 4 to 3600"),
        (["--cname", "房间"], "--cname"),
        (["--cname", ""], "--cname"),
    ],
)
def test_a_malformed_option_is_refused_before_anything_starts(arguments, words):
    refused = subprocess.run(**command(*arguments), capture_output=True, timeout=PATIENCE)

    assert refused.returncode != 0
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr


def slice_of(*facts):
    """Two seconds of the sandbox's own recording."""
    joined = [Joined(0, uid) for uid in USERS]
    timeline = Timeline(
        canvas=demo.CANVAS, facts=(*joined, *facts), started_ms=1_700_000_000_000, slice_ms=2000
    )
    return render_slice(timeline, 0)


@pytest.fixture(scope="module")
def looks():
    return {name: probes_of(layout, USERS, demo.CANVAS) for name, layout in demo.LAYOUTS.items()}


@pytest.mark.parametrize("name", demo.LAYOUTS)
def test_each_layout_is_told_from_its_pictures(looks, name):
    seen = decode(slice_of(LayoutChanged(0, demo.LAYOUTS[name])), looks)

    assert seen.shows == (name,)
    assert (seen.pictures, seen.duration_ms) == (30, 2000)
    assert seen.samples


def test_a_change_inside_a_slice_is_seen(looks):
    facts = (
        LayoutChanged(0, demo.LAYOUTS["halves"]),
        LayoutChanged(1000, demo.LAYOUTS["corner"]),
    )

    assert decode(slice_of(*facts), looks).shows == ("halves", "corner")


def test_a_picture_of_neither_layout_is_noticed(looks):
    (whole, corner) = demo.LAYOUTS["corner"].regions
    mirrored = Layout(CUSTOM, (replace(whole, uid=demo.LEFT), replace(corner, uid=demo.RIGHT)))

    assert decode(slice_of(LayoutChanged(0, mirrored)), looks).shows == ("?",)


@pytest.mark.parametrize("content", [b"", b"<html>", b"G" * 188 * 20, b"\0" * 10_000], ids=range(4))
def test_what_does_not_play_is_said(looks, content):
    with pytest.raises(ValueError, match="it "):
        decode(content, looks)


class Storage:
    """Gives one content for every address, as `Api.read` does."""

    def __init__(self, content):
        self.content = content

    def read(self, url):
        return self.content


def checked(looks, content, **file):
    listed = {"present": True, "url": "u", "size": len(content)} | file
    segment = Segment("a.ts", 2000, None, False)
    return demo._check_slice(Storage(content), segment, listed, looks)


def test_a_good_slice_has_no_problem(looks):
    assert checked(looks, slice_of(LayoutChanged(0, demo.LAYOUTS["halves"]))).problems == []


def test_a_slice_of_another_length_or_size_has_its_problems_named(looks):
    content = slice_of(LayoutChanged(0, demo.LAYOUTS["halves"]))
    segment = Segment("a.ts", 5000, None, False)

    row = demo._check_slice(
        Storage(content), segment, {"present": True, "url": "u", "size": 5}, looks
    )

    assert len(row.problems) == 2


def test_a_slice_that_is_not_in_the_bucket_is_a_problem(looks):
    assert checked(looks, b"", present=False).problems == ["it is not in the bucket"]


@pytest.mark.parametrize(
    ("shows", "ended", "seconds", "problems"),
    [
        ([("halves",), ("halves", "corner"), ("corner",)], True, 6, 0),
        ([("halves",), ("halves",)], True, 6, 1),
        ([("corner",), ("halves",)], True, 6, 1),
        ([("halves", "corner", "halves")], True, 6, 1),
        ([("halves", "corner")], False, 6, 1),
        ([("halves", "corner")], True, 60, 1),
        ([], False, 6, 4),
    ],
    ids=str,
)
def test_the_whole_must_show_both_layouts_in_order_and_end(shows, ended, seconds, problems):
    segments = [Segment(f"{n}.ts", 2000, None, False) for n in range(len(shows))]
    rows = [
        demo.Row(s, 1, Decoded(1, 1, 2000, seen)) for s, seen in zip(segments, shows, strict=True)
    ]

    found = demo._check_whole(rows, Playlist(tuple(segments), ended), seconds)

    assert len(found) == problems
