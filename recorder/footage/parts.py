"""Playlists that continue each other, since the recorder moved to another server, as one.

Source: Agora Cloud Recording guide, manage files: after the n-th fail-over the names of a
recording's files begin with `bak<n>_`, and a new playlist begins.
"""

from collections.abc import Iterable, Iterator, Sequence

from recorder.contract.files import (
    TAG_DISCONTINUITY,
    TAG_ENDLIST,
    TAG_TARGET_DURATION,
    backup_name,
    parse_name,
)
from recorder.models import RecordedFile

_VERSION, _SEQUENCE, _KIND = "#EXT-X-VERSION:", "#EXT-X-MEDIA-SEQUENCE:", "#EXT-X-PLAYLIST-TYPE:"
_HEAD = ("#EXTM3U", _VERSION, _SEQUENCE, _KIND, f"{TAG_TARGET_DURATION}:")


def in_parts(lists: Iterable[RecordedFile]) -> list[list[RecordedFile]]:
    """One session's playlists: each with those that continue it, in the order of the recording.

    One that is known not to be in the storage is left out where another of the same is not.
    """
    found: dict[str, list[RecordedFile]] = {}
    for file in sorted(lists, key=RecordedFile.in_story):
        found.setdefault(_without_mark(file.name), []).append(file)
    return [
        [each for each in parts if each.present is not False] or parts for parts in found.values()
    ]


def joined(texts: Sequence[str]) -> str:
    """One playlist of several, as footage.playlist.rewrite makes them: the film of all of them.

    Each begins with a discontinuity: another recorder's clock, and perhaps another size. It has
    ended where the last of them has.
    """
    if len(texts) == 1:
        return texts[0]
    lines = [text.splitlines() for text in texts]
    heads = [line for part in lines for line in part if line.startswith(_HEAD)]
    ended = TAG_ENDLIST in lines[-1]
    body = [
        line
        for number, part in enumerate(lines)
        for line in [*([TAG_DISCONTINUITY] if number else []), *_slices(part)]
    ]
    return "\n".join(
        [
            "#EXTM3U",
            f"{_KIND}{'VOD' if ended else 'EVENT'}",
            f"{_VERSION}{_highest(heads, _VERSION, 3)}",
            f"{TAG_TARGET_DURATION}:{_highest(heads, f'{TAG_TARGET_DURATION}:', 1)}",
            f"{_SEQUENCE}0",
            *body,
            *([TAG_ENDLIST] if ended else []),
            "",
        ]
    )


def _slices(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if not line.startswith(_HEAD) and line != TAG_ENDLIST)


def _highest(lines: Iterable[str], tag: str, least: int) -> int:
    """Of numbers that were read before: rewrite refuses others."""
    numbers = (int(line.removeprefix(tag)) for line in lines if line.startswith(tag))
    return max(least, *numbers, least)


def _without_mark(name: str) -> str:
    known = parse_name(name)
    if known is None or known.failover is None:
        return name
    folder, slash, own = name.rpartition("/")
    return folder + slash + own.removeprefix(backup_name("", known.failover))
