"""An MP4 of slices that are already coded: packets are taken over, nothing is decoded."""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from operator import itemgetter
from os import PathLike

import av
from av.container import InputContainer, OutputContainer
from av.stream import Stream

TICKS = 90_000  # of a transport stream's clock in one second
BREAK = 3 * TICKS // 2  # a longer step in time is an interruption; pictures are at most 1 s apart

Item = tuple[int, "av.Packet[Stream]", Stream]


def remux_mp4(path: str | PathLike[str], *tracks: Iterable[bytes]) -> None:
    """Write consecutive slices of one recording as one MP4, ready to play while it loads.

    Each track's slices are read as one stream; several tracks play at the same time. Time starts at
    0, and where the recording was interrupted it goes on without a gap. Only one slice of a track
    at a time is held. Raises ValueError without slices.
    """
    sources = [source for track in tracks if (source := _Joined(track)).readable_now()]
    if not sources:
        raise ValueError("No slices, so no MP4")
    options = {"movflags": "+faststart", "avoid_negative_ts": "make_zero"}
    with ExitStack() as files:
        read = [files.enter_context(av.open(s, "r", format="mpegts")) for s in sources]
        container = files.enter_context(av.open(str(path), "w", format="mp4", options=options))
        streams = [_packets(one, container) for one in read]
        for packet in _continuous(heapq.merge(*streams, key=itemgetter(0))):
            container.mux(packet)


def _packets(source: InputContainer, container: OutputContainer) -> Iterator[Item]:
    """(decoding time, packet, its stream in the new file). The streams are added at once."""
    streams = {
        stream.index: container.add_stream_from_template(stream) for stream in source.streams
    }

    def read() -> Iterator[Item]:
        for packet in source.demux():
            if packet.dts is not None and packet.pts is not None:  # else the mark for the end
                yield packet.dts, packet, streams[packet.stream_index]

    return read()


def _continuous(items: Iterable[Item]) -> "Iterator[av.Packet[Stream]]":
    """The packets with times that start at 0 and do not jump."""
    last = shift = None
    for dts, packet, stream in items:
        if last is None or shift is None:
            last = shift = dts
        if dts - last > BREAK:
            shift += dts - last
        last = max(last, dts)
        packet.dts, packet.pts = dts - shift, (packet.pts or dts) - shift
        packet.stream = stream
        yield packet


class _Joined:
    """The slices read as one stream."""

    def __init__(self, slices: Iterable[bytes]) -> None:
        self._slices = iter(slices)
        self._current = memoryview(b"")

    def readable_now(self) -> bool:
        """Whether there is anything to read."""
        while not self._current:
            following = next(self._slices, None)
            if following is None:
                return False
            self._current = memoryview(following)
        return True

    def read(self, size: int) -> bytes:
        if not self.readable_now():
            return b""
        data, self._current = bytes(self._current[:size]), self._current[size:]
        return data
