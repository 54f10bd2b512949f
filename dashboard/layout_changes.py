"""What another layout changes, in words: for those who are about to apply it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recorder.contract.layouts import CUSTOM, KINDS, UNIT, VERTICAL, Layout, Region


@dataclass(frozen=True, slots=True)
class Change:
    """`reset`: it had been set and goes back to the service's default."""

    what: str
    before: str
    after: str
    reset: bool = False


def layout_changes(before: Layout, after: Layout) -> tuple[Change, ...]:
    """In the order in which one looks at a picture; empty where nothing changes."""
    return tuple(
        change
        for change in (
            *_arrangement(before, after),
            *_regions(before, after),
            *_ground(before, after),
        )
        if change.before != change.after
    )


def _arrangement(before: Layout, after: Layout) -> Iterator[Change]:
    yield Change(_("Arrangement"), _(KINDS[before.kind]), _(KINDS[after.kind]))
    yield Change(_("Regions"), _count(before), _count(after))
    if VERTICAL in {before.kind, after.kind}:
        yield _setting(_("Large picture"), _large(before), _large(after))


def _regions(before: Layout, after: Layout) -> Iterator[Change]:
    """One by one where both have regions of their own; the count says the rest."""
    if before.kind != CUSTOM or after.kind != CUSTOM:
        return
    for number, (old, new) in enumerate(zip(before.regions, after.regions, strict=False), start=1):
        yield Change(_("Region %(number)s") % {"number": number}, _place(old), _place(new))


def _ground(before: Layout, after: Layout) -> Iterator[Change]:
    yield Change(_("Background colour"), before.background_color, after.background_color)
    yield _setting(_("Background image"), before.background_image, after.background_image)
    yield _setting(
        _("Picture of users without video"),
        before.default_user_background_image,
        after.default_user_background_image,
    )
    yield _setting(_("Pictures of single users"), _pictures(before), _pictures(after))


def _setting(what: str, before: str, after: str) -> Change:
    return Change(what, before or _("none"), after or _("none"), reset=bool(before and not after))


def _count(layout: Layout) -> str:
    if layout.kind != CUSTOM:
        return _("as many as users")
    count = len(layout.regions)
    return ngettext("%(count)s region", "%(count)s regions", count) % {"count": count}


def _large(layout: Layout) -> str:
    return (layout.max_resolution_uid or "") if layout.kind == VERTICAL else ""


def _pictures(layout: Layout) -> str:
    return ", ".join(f"{each.uid}: {each.image_url}" for each in layout.backgrounds)


def _place(region: Region) -> str:
    """ "50 × 100 % at 0, 0" and what else is not as usual."""
    width, height, x, y = map(_percent, (region.width, region.height, region.x, region.y))
    words = [
        _("%(width)s × %(height)s %% at %(x)s, %(y)s")
        % {"width": width, "height": height, "x": x, "y": y}
    ]
    if region.uid:
        words.append(_("uid %(uid)s") % {"uid": region.uid})
    if region.alpha != UNIT:
        words.append(_("%(percent)s %% opaque") % {"percent": _percent(region.alpha)})
    words.append(_("fitted") if region.render_mode else _("cropped"))
    return ", ".join(words)


def _percent(millionths: int) -> str:
    """Exact: 1 / 3 of the canvas is "33.3333"."""
    return f"{millionths * 100 / UNIT:.4f}".rstrip("0").rstrip(".")
