"""Background images over HTTP: kept by name, frozen by content, and seen in what is recorded."""

import hashlib
import io

import av
import pytest
import requests
from PIL import Image

from recorder.sandbox.images import FROZEN, Images, own_name
from recorder.sandbox.pictures import timeline_of
from recorder.sandbox.store import Store
from tests.support.sandbox import SMALL_PICTURE, running_sandbox

RED, GREEN, BLUE = (200, 30, 40), (20, 140, 60), (30, 50, 190)
NOBODY = [{"x_axis": 0.0, "y_axis": 0.0, "width": 0.25, "height": 0.25, "uid": "7"}]


def stripes(*colours):
    """A PNG of 320x90 in upright stripes; cropped to 16:9 it loses a quarter at each side."""
    image = Image.new("RGB", (320, 90))
    for n, colour in enumerate(colours):
        image.paste(colour, (n * 320 // len(colours), 0, 320, 90))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def put(sandbox, name, content):
    address = f"{sandbox.url}/_sandbox/images/{name}"
    assert requests.put(address, data=content, timeout=10).ok
    return address


def pictures(sandbox, key):
    data = sandbox.s3().get_object(Bucket="recordings", Key=key)["Body"].read()
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def slices(sandbox, task):
    files = sandbox.session(task.sid)["files"]
    made = sorted((f["number"], f["name"]) for f in files if f["kind"] == "slice")
    return [picture for _number, name in made for picture in pictures(sandbox, name)]


def near(picture, x, y, colour):
    return all(abs(int(a) - b) <= 6 for a, b in zip(picture[y, x], colour, strict=True))


def empty_canvas(address):
    """A start whose only region waits for somebody who never comes."""
    return {
        **SMALL_PICTURE,
        "mixedVideoLayout": 3,
        "layoutConfig": NOBODY,
        "backgroundImage": address,
    }


def test_uploaded_images_are_seen_behind_the_regions_and_for_a_camera_that_is_off(tmp_path):
    with running_sandbox(tmp_path) as sandbox:
        wall = put(sandbox, "wall.png", stripes(RED, GREEN, GREEN, BLUE))
        face = put(sandbox, "face.png", stripes(BLUE))
        cname = "a wall and a face"
        sandbox.control("channels", cname=cname, participants=[{"uid": "1"}])
        task = sandbox.started(cname, recording={"transcodingConfig": empty_canvas(wall)})
        put(sandbox, "wall.png", stripes(RED))  # too late for this layout
        sandbox.advance(2)
        changed = task.update_layout(
            mixedVideoLayout=1,
            backgroundConfig=[{"uid": "1", "image_url": face, "render_mode": 1}],
        )
        sandbox.control("participants/mute", cname=cname, uid="1", video=True)
        put(sandbox, "face.png", stripes(RED))
        sandbox.advance(6)
        on_page = requests.get(
            f"{sandbox.url}/_sandbox/sessions/{task.sid}/picture.jpg", timeout=30
        )
        stopped = task.stop()
        shown = slices(sandbox, task)

    assert (changed.status_code, stopped.status_code) == (200, 200)
    for picture in (shown[0], shown[29]):
        assert near(picture, 3, 45, GREEN)
        assert near(picture, 156, 45, GREEN)
    assert near(shown[-1], 80, 45, BLUE)
    assert near(shown[-1], 80, 8, (0, 0, 0)), "fitted, with a bar above"
    page = Image.open(io.BytesIO(on_page.content)).convert("RGB")
    assert all(abs(a - b) <= 8 for a, b in zip(page.getpixel((80, 45)), BLUE, strict=True))


def test_after_a_crash_the_replaced_image_is_made_again_with_the_same_bytes(tmp_path):
    from recorder.sandbox.media import render_slice
    from recorder.sandbox.media.images import _drawn

    with running_sandbox(tmp_path) as sandbox:
        wall = put(sandbox, "wall.png", stripes(GREEN))
        task = sandbox.started(recording={"transcodingConfig": empty_canvas(wall)})
        sandbox.advance(2)
        name = next(f["name"] for f in sandbox.session(task.sid)["files"] if f["kind"] == "slice")
        recorded = sandbox.s3().get_object(Bucket="recordings", Key=name)["Body"].read()
        put(sandbox, "wall.png", stripes(RED))
    (tmp_path / "images" / "wall.png").unlink()

    _drawn.cache_clear()
    store = Store(tmp_path / "sandbox.sqlite3")  # what the next process finds
    session = store.tasks.get(task.sid)
    timeline = timeline_of(session, store.channels.facts(session.channel, session.sid))
    store.close()

    assert render_slice(timeline, 0, Images(tmp_path)) == recorded


def test_a_client_cannot_name_contents_by_itself(tmp_path):
    with running_sandbox(tmp_path) as sandbox:
        put(sandbox, "wall.png", stripes(GREEN))
        layout = empty_canvas("https://images.example/wall.png")
        task = sandbox.started(recording={"transcodingConfig": {**layout, FROZEN: ["nonsense"]}})
        sandbox.advance(2)
        recording = sandbox.session(task.sid)["recording"]
        stopped = task.stop()

    assert recording["transcodingConfig"][FROZEN] == {}
    assert stopped.status_code == 200


def test_a_reset_forgets_what_was_frozen_and_keeps_the_images(tmp_path):
    with running_sandbox(tmp_path) as sandbox:
        wall = put(sandbox, "wall.png", stripes(GREEN))
        sandbox.started(recording={"transcodingConfig": empty_canvas(wall)})
        before = list((tmp_path / "frozen").iterdir())
        sandbox.control("reset")
        kept = requests.get(wall, timeout=10)

    assert [path.name for path in before] == [hashlib.sha256(stripes(GREEN)).hexdigest()]
    assert not (tmp_path / "frozen").exists()
    assert kept.content == stripes(GREEN)


def test_an_image_of_more_than_six_megabytes_is_refused(tmp_path):
    with running_sandbox(tmp_path, media="none") as sandbox:
        answer = requests.put(
            f"{sandbox.url}/_sandbox/images/a.bmp", data=b"BM" + bytes(6_000_000), timeout=10
        )

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("http://127.0.0.1:9000/_sandbox/images/a.png", "a.png"),
        ("https://sandbox.example/_sandbox/images/a.png?v=2#x", "a.png"),
        ("http://[::1]:9000/_sandbox/images/a%2Epng", "a.png"),
        ("http://h/_sandbox/images/", None),
        ("http://h/_sandbox/images/..%2Fcredentials.json", None),
        ("http://h/_sandbox/images/../sandbox.sqlite3", None),
        ("http://h/_sandbox/images/a/b.png", None),
        ("http://h/_sandbox/images/a.png.part", None),
        ("http://h/x/_sandbox/images/a.png", None),
        ("https://images.example/a.png", None),
        ("http://[broken/_sandbox/images/a.png", None),
    ],
)
def test_only_addresses_below_the_sandbox_s_images_are_its_own(address, name):
    assert own_name(address) == name


@pytest.mark.parametrize(
    "layout",
    [
        None,
        [],
        {"backgroundImage": 7, "backgroundConfig": "x"},
        {"backgroundConfig": [None, {"image_url": ["/_sandbox/images/a.png"]}]},
        {"backgroundImage": "http://h/_sandbox/images/missing.png"},
    ],
    ids=["none", "list", "types", "entries", "missing"],
)
def test_what_names_no_image_of_ours_freezes_nothing(tmp_path, layout):
    images = Images(tmp_path)
    images.put("a.png", stripes(RED))

    assert images.freeze(layout) == {}


def test_a_file_put_there_by_hand_is_frozen_only_when_it_could_have_been_uploaded(tmp_path):
    images = Images(tmp_path)
    images.put("good.png", stripes(RED))
    (tmp_path / "images" / "text.png").write_text("no image")
    (tmp_path / "images" / "large.bmp").write_bytes(b"BM" + bytes(6_000_000))
    address = "http://h/_sandbox/images/{}".format
    users = [{"image_url": address(name)} for name in ("good.png", "text.png", "large.bmp")]

    frozen = images.freeze({"backgroundConfig": users})
    images.put("good.png", stripes(BLUE))

    assert list(frozen) == [address("good.png")]
    assert images.read(frozen[address("good.png")]) == stripes(RED)
    for digest in ("0" * 64, "../images/good.png"):
        with pytest.raises(LookupError):
            images.read(digest)
