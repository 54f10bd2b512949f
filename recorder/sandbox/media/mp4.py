"""An MP4 of slices that are already coded: packets are taken over, nothing is decoded."""

from collections.abc import Iterable
from os import PathLike

import av


def remux_mp4(slices: Iterable[bytes], path: str | PathLike[str]) -> None:
    """Write consecutive slices of one recording as one MP4, ready to play while it loads.

    Its time starts at 0. Only one slice at a time is held. Raises ValueError without slices.
    """
    source = _Joined(slices)
    if not source.readable_now():
        raise ValueError("No slices, so no MP4")
    options = {"movflags": "+faststart", "avoid_negative_ts": "make_zero"}
    with (
        av.open(source, "r", format="mpegts") as joined,
        av.open(str(path), "w", format="mp4", options=options) as container,
    ):
        streams = {
            stream.index: container.add_stream_from_template(stream) for stream in joined.streams
        }
        first = None
        for packet in joined.demux():
            if packet.dts is None or packet.pts is None:  # the demuxer's mark for the end
                continue
            if first is None:
                first = packet.dts
            packet.dts, packet.pts = packet.dts - first, packet.pts - first
            packet.stream = streams[packet.stream_index]
            container.mux(packet)


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
