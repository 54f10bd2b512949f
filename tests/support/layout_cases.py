"""The cases of tests/js/layouts.json, which Python and JavaScript must answer alike.

`python -m tests.support.layout_cases` writes the file anew after a rule was changed on purpose;
the tests compare what the code says today with what stands there.
"""

import json
import random
from dataclasses import replace
from pathlib import Path

from recorder.contract.layout_checks import covered_share, layout_problems
from recorder.contract.layout_tables import editor_tables
from recorder.contract.layouts import (
    BEST_FIT,
    CUSTOM,
    FLOATING,
    KINDS,
    UNIT,
    VERTICAL,
    Canvas,
    Layout,
    Region,
    UserBackground,
    boxes,
    layout_to_wire,
    regions_for,
)
from recorder.contract.parameters.base import uid_fault
from recorder.contract.urls import is_url

FILE = Path(__file__).parent.parent / "js" / "layouts.json"
HALF, THIRD = UNIT // 2, 333_333
WIDE, TALL, SMALL = Canvas(1280, 720), Canvas(720, 1280), Canvas(359, 641)
WHOLE = Region(0, 0, UNIT, UNIT)
IMAGE = "https://example.com/a.jpg"

URLS = [
    *(IMAGE, "http://example.com", "HTTPS://EXAMPLE.COM/A", "http://example.com:8080/?q=1#x"),
    *("http://u:p@example.com/", "http://127.0.0.1/a.jpg", "http://[::1]/", "http://[::1]:80/a"),
    *(
        "http://例子.example/图.jpg",
        "http://example.com?x",
        "http://example.com:/",
        "http://a@b@c/",
    ),
    *("", "a.jpg", "//example.com/a", "javascript:alert(1)", "data:image/png,x", "ftp://e.com/a"),
    *(
        "http://",
        "http:///a",
        "http://:80/",
        "http://u@/",
        "http://e.com:0/",
        "http://e.com:65536/",
    ),
    *(
        "http://e.com:8a/",
        "http://[::1/",
        "http://::1]/",
        "http://[x]/",
        "http:/e.com",
        "http:e.com",
    ),
    *(
        "http://e.com/a b",
        " http://e.com",
        "http://e.com\n",
        "http://e.com/\u3000",
        "http://e.com\\a",
    ),
    *('http://e.com/"', "http://e.com/<", "http://e.com/{a}", "http://e.com/|", "http://e.com/^"),
    *("http://e.com/\ufeff", "http://]@e.com/", "http://e.com:９/"),
]
UIDS = [
    *("1", "4294967295", "10023"),
    *("", "0", "01", "-1", "4294967296", "12345678901", "1.0", "1e3", "٣", " 1", "1\n", "x"),
]


def custom(*regions: Region, **fields: object) -> Layout:
    return Layout(CUSTOM, regions, **fields)


def _chosen() -> list[tuple[str, Layout, Canvas]]:
    """One case for each rule, and for what lies one millionth beside it."""
    left, right = Region(0, 0, HALF, UNIT), Region(HALF, 0, HALF, UNIT)
    quarter = Region(0, 0, HALF, HALF)
    others = Region(THIRD, 0, UNIT - THIRD, UNIT)
    one, two = Region(0, 0, 400_000, HALF), Region(300_000, 0, 300_000, UNIT)
    last_line = Region(0, UNIT - 1, UNIT - 1, 1)
    images = tuple(
        UserBackground(*entry) for entry in (("1", IMAGE), ("1", "x", 3), ("", IMAGE), ("", ""))
    )
    return [
        ("two halves", custom(left, right), WIDE),
        ("a third and the rest", custom(Region(0, 0, THIRD, UNIT), others), WIDE),
        ("one millionth over the edge", custom(Region(HALF, 0, HALF + 1, UNIT)), WIDE),
        ("one millionth below the edge", custom(Region(0, 1, UNIT, UNIT)), WIDE),
        ("before the canvas", custom(Region(-1, 0, UNIT, UNIT)), WIDE),
        ("behind the canvas", custom(Region(UNIT + 1, 0, 1, UNIT)), WIDE),
        ("no width", custom(Region(0, 0, 0, UNIT)), WIDE),
        ("no height", custom(Region(0, 0, UNIT, 0)), WIDE),
        ("no extent at all at the far corner", custom(Region(UNIT, UNIT, 0, 0)), WIDE),
        ("opacity over one", custom(Region(0, 0, UNIT, UNIT, alpha=UNIT + 1)), WIDE),
        ("opacity under nought", custom(Region(0, 0, UNIT, UNIT, alpha=-1)), WIDE),
        ("an unknown way to fill", custom(Region(0, 0, UNIT, UNIT, render_mode=2)), WIDE),
        ("a uid of nought", custom(Region(0, 0, UNIT, UNIT, uid="0")), WIDE),
        ("a user twice", custom(replace(left, uid="7"), replace(right, uid="7")), WIDE),
        ("nothing", custom(), WIDE),
        ("seventeen", custom(*[left] * 17), WIDE),
        ("eighteen", custom(*[left] * 18), WIDE),
        ("an invisible region on top", custom(WHOLE, Region(0, 0, HALF, HALF, alpha=0)), WIDE),
        ("a quarter covered", custom(WHOLE, quarter), WIDE),
        ("less than a percent covered", custom(WHOLE, Region(0, 0, 90_000, 90_000)), WIDE),
        ("covered by two that overlap", custom(quarter, one, two), WIDE),
        ("a quarter bare", custom(left, Region(HALF, 0, HALF, HALF)), WIDE),
        ("one square millionth bare", custom(Region(0, 0, UNIT, UNIT - 1), last_line), WIDE),
        ("filled in two ways", custom(Region(0, 0, HALF, UNIT, uid="1"), right), WIDE),
        ("too small to see", custom(WHOLE, Region(400_000, 400_000, 93_749, 200_000)), WIDE),
        ("just large enough", custom(WHOLE, Region(400_000, 400_000, 93_750, 200_000)), WIDE),
        ("a letter box", custom(Region(0, 0, UNIT, 300_000)), WIDE),
        ("upright", custom(WHOLE), TALL),
        ("near the edge", custom(WHOLE, Region(49_999, 400_000, 300_000, 300_000)), WIDE),
        ("at the safe line", custom(WHOLE, Region(50_000, 400_000, 300_000, 300_000)), WIDE),
        ("a canvas too large", custom(WHOLE), Canvas(1920, 1081)),
        ("a canvas too long", Layout(BEST_FIT), Canvas(1921, 1)),
        ("a canvas of nothing", Layout(BEST_FIT), Canvas(0, 10)),
        ("no such kind", Layout(9), WIDE),
        ("a colour by name", Layout(BEST_FIT, background_color="black"), WIDE),
        ("a colour of five digits", Layout(BEST_FIT, background_color="#12345"), WIDE),
        ("a script for an image", custom(WHOLE, background_image="javascript:alert(1)"), WIDE),
        ("an image without address", Layout(FLOATING, default_user_background_image="a.jpg"), WIDE),
        ("a large user who is none", Layout(VERTICAL, max_resolution_uid="x"), WIDE),
        ("a large user where nobody is large", Layout(FLOATING, max_resolution_uid="1"), WIDE),
        ("user images", Layout(FLOATING, backgrounds=images), WIDE),
    ]  # fmt: skip


def _random(chance: random.Random) -> tuple[Layout, Canvas]:
    """Mostly sound regions on a coarse grid, so that edges meet and cover each other."""
    step = chance.choice([50_000, 125_000, 100_001])

    def region() -> Region:
        x, y = (chance.randrange(0, UNIT // step) * step for _ in "xy")
        width, height = (chance.randint(1, max(1, (UNIT - at) // step)) * step for at in (x, y))
        return Region(
            x,
            y,
            width + (chance.random() < 0.05),
            height,
            uid=str(chance.randint(1, 9)) if chance.random() < 0.2 else None,
            alpha=chance.choice([UNIT, UNIT, UNIT, 700_000, 0]),
            render_mode=chance.randint(0, 1),
        )

    canvas = Canvas(chance.randint(2, 1920), chance.randint(2, 1080))
    return custom(*[region() for _ in range(chance.randint(1, 12))]), canvas


def layout_cases() -> list[tuple[str, Layout, Canvas]]:
    chance = random.Random(20)
    return _chosen() + [(f"random {number}", *_random(chance)) for number in range(24)]


def people(layout: Layout, count: int) -> list[str]:
    """Some users; every third is one whom a region may wait for."""
    return [str(number) if number % 3 else str(number + 100) for number in range(1, count + 1)]


def _flat(region: Region) -> list[object]:
    fields = (region.x, region.y, region.width, region.height)
    return [*fields, region.uid or "", region.alpha, region.render_mode]


def _layout(layout: Layout) -> dict[str, object]:
    return {
        "kind": layout.kind,
        "regions": [_flat(region) for region in layout.regions],
        "maxUid": layout.max_resolution_uid or "",
        "color": layout.background_color,
        "image": layout.background_image,
        "userImage": layout.default_user_background_image,
        "backgrounds": [
            [user.uid, user.image_url, user.render_mode] for user in layout.backgrounds
        ],
    }


def _checked(name: str, layout: Layout, canvas: Canvas) -> dict[str, object]:
    problems = [
        [p.rule, p.path, p.severity, p.values, p.message] for p in layout_problems(layout, canvas)
    ]
    size = {"width": canvas.width, "height": canvas.height}
    return {"name": name, **size, **_layout(layout), "problems": problems}


def _placed(layout: Layout, count: int, canvas: Canvas) -> dict[str, object]:
    users = people(layout, count)
    return {
        "width": canvas.width,
        "height": canvas.height,
        **_layout(layout),
        "users": users,
        "filled": [[region.x, region.y, uid] for region, uid in regions_for(layout, users)],
        "boxes": [
            [box.uid, box.x, box.y, box.width, box.height, box.alpha, box.render_mode, box.index]
            for box in boxes(layout, users, canvas)
        ],
    }


def _placings() -> list[dict[str, object]]:
    found = []
    for kind in (FLOATING, BEST_FIT, VERTICAL):
        for count in (0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 16, 17, 18):
            canvas = (WIDE, SMALL)[count % 2]
            found.append(_placed(Layout(kind), count, canvas))
            if kind == VERTICAL:
                found += [_placed(Layout(kind, max_resolution_uid=u), count, SMALL) for u in "29"]
    sound = [case for case in layout_cases() if case[1].kind == CUSTOM and case[1].regions]
    found += [_placed(layout, 5, canvas) for _name, layout, canvas in sound[::5] if _fits(layout)]
    return found


def _fits(layout: Layout) -> bool:
    return all(0 <= length <= UNIT for r in layout.regions for length in (r.x, r.y, r.alpha))


def _cover(chance: random.Random) -> dict[str, object]:
    """Any rectangles to the millionth, not on a grid."""

    def region() -> Region:
        x, y = (chance.randrange(UNIT) for _ in "xy")
        return Region(x, y, chance.randint(1, UNIT - x), chance.randint(1, UNIT - y))

    one, others = region(), [region() for _ in range(chance.randint(0, 8))]
    share = covered_share(one, others)
    return {"region": _flat(one)[:4], "others": [_flat(r)[:4] for r in others], "covered": share}


def _wire(layout: Layout) -> dict[str, object]:
    return {**_layout(layout), "wire": layout_to_wire(layout)}


def answers() -> dict[str, object]:
    """All cases with what Python makes of them, as the file holds them."""
    chance = random.Random(17)
    wires = [layout for _name, layout, _canvas in layout_cases() if layout.kind in KINDS]
    found = {
        "tables": editor_tables(),
        "urls": [[url, is_url(url)] for url in URLS],
        "uids": [[uid, uid_fault(uid) is None] for uid in UIDS],
        "checks": [_checked(*case) for case in layout_cases()],
        "placings": _placings(),
        "covers": [_cover(chance) for _ in range(24)],
        "wires": [_wire(layout) for layout in wires if _fits(layout)][::6],
    }
    return json.loads(json.dumps(found))


def text(found: dict[str, object]) -> str:
    """One case a line, so that a change of one shows as one."""
    parts = []
    for name, cases in found.items():
        if isinstance(cases, list):
            rows = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
            parts.append(f'"{name}": [\n{rows}\n]')
        else:
            parts.append(f'"{name}": {json.dumps(cases, ensure_ascii=False)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(text(answers()))
