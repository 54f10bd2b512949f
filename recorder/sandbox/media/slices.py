"""One slice of a recording: pictures and sound of its span, muxed to an MPEG transport stream."""

import io
from collections.abc import Iterator
from fractions import Fraction
from heapq import merge

import av
from av.stream import Stream

from recorder.sandbox.media.audio import sounds
from recorder.sandbox.media.images import NOTHING, Contents
from recorder.sandbox.media.palette import SAMPLE_RATE, SAMPLES
from recorder.sandbox.media.scene import even_canvas
from recorder.sandbox.media.timeline import Span, Timeline
from recorder.sandbox.media.transport import number_slice
from recorder.sandbox.media.video import pictures

TICKS = 90_000  # of the transport stream's clock in one second
BASE = Fraction(1, TICKS)
START = TICKS  # the first timestamp is not 0: the clock reference begins a delay before it
_MUXER = {
    "mpegts_copyts": "1",  # our timestamps as they are
    "max_delay": "500000",  # microseconds by which the clock reference is early
    "pat_period": "1000000",  # seconds: tables at the start of a slice only
    "sdt_period": "1000000",
}


def render_slice(
    timeline: Timeline, k: int, contents: Contents = NOTHING, number: int | None = None
) -> bytes:
    """Slice k of the stretch as an MPEG transport stream; a pure function of timeline and k.

    `number` is its number in the playlist, where earlier stretches come first; without it, k.
    `contents` gives the bytes of the images, which the timeline names by their SHA-256.
    Timestamps run through the whole recording and continuity counters join, so slices can be
    concatenated. Raises ValueError when the recording had ended before slice k. A fact to come
    would change a slice that is not over yet: call it when `timeline.slices_by(now)` is above k.
    """
    span = timeline.span(k)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mpegts", options=_MUXER) as container:
        canvas, units = even_canvas(timeline.canvas), []
        if timeline.has_video:
            size = {"width": canvas.width, "height": canvas.height}
            stream = container.add_mux_stream("h264", rate=timeline.fps, time_base=BASE, **size)
            units.append(_video_packets(timeline, span, stream, contents))
        if timeline.has_audio:
            stream = container.add_mux_stream("aac", rate=SAMPLE_RATE, time_base=BASE)
            units.append(_audio_packets(timeline, span, stream))
        for packet in merge(*units, key=lambda packet: packet.dts or 0):
            container.mux_one(packet)
    return number_slice(buffer.getvalue(), k if number is None else number)


def _video_packets(
    timeline: Timeline, span: Span, stream: Stream, contents: Contents
) -> "Iterator[av.Packet[Stream]]":
    for picture in pictures(timeline, span.video, contents):
        at = START + picture.number * TICKS // timeline.fps
        yield _packet(picture.data, stream, at, picture.key)


def _audio_packets(timeline: Timeline, span: Span, stream: Stream) -> "Iterator[av.Packet[Stream]]":
    for number, data in sounds(timeline, span.audio):
        yield _packet(data, stream, START + number * SAMPLES * TICKS // SAMPLE_RATE, True)


def _packet(data: bytes, stream: Stream, at: int, key: bool) -> "av.Packet[Stream]":
    packet: av.Packet[Stream] = av.Packet(data)
    packet.stream, packet.time_base = stream, BASE
    packet.pts = packet.dts = at
    packet.is_keyframe = key
    return packet
