"""Counters of independent slices join, and nothing else of the muxer's stream changes."""

import numpy as np
import pytest

from recorder.sandbox.media.transport import number_slice

PIDS = {"pat": 0, "pmt": 0x1000, "sdt": 17, "video": 0x100, "audio": 0x101}


def packet(pid, payload=b"", *, start=False, field=None, counter=7):
    """A transport packet; `field` is the content of its adaptation field, stuffed as needed."""
    room = 184 - len(payload)
    if field is None and room:
        field = b"" if room == 1 else b"\0"
    head = [0x47, (0x40 if start else 0) | PIDS[pid] >> 8, PIDS[pid] & 0xFF]
    control = (0x10 if payload else 0) | (0x20 if field is not None else 0)
    stuffed = b"" if field is None else bytes([room - 1]) + field.ljust(room - 1, b"\xff")
    return bytes([*head, control | counter]) + stuffed + payload


def parse(stream):
    """(pid, unit start, has payload, counter, adaptation content, payload) of every packet."""
    parsed = []
    for at in range(0, len(stream), 188):
        one = stream[at : at + 188]
        assert one[0] == 0x47
        has_field, has_payload = bool(one[3] & 0x20), bool(one[3] & 0x10)
        skip = 5 + one[4] if has_field else 4
        parsed.append(
            (
                (one[1] & 0x1F) << 8 | one[2],
                bool(one[1] & 0x40),
                has_payload,
                one[3] & 0x0F,
                one[5:skip] if has_field else b"",
                one[skip:] if has_payload else b"",
            )
        )
    return parsed


def payload_of(stream, pid):
    return b"".join(part[5] for part in parse(stream) if part[0] == PIDS[pid])


CLOCK = b"\x10" + bytes(range(6))


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 40])
def test_a_stream_has_a_multiple_of_sixteen_packets_and_the_same_bytes(count):
    random = np.random.default_rng(count)
    sizes = [184, *random.integers(20, 185, count - 1)]
    stream = b"".join(
        packet("video", random.bytes(size), start=not n, field=CLOCK if size < 170 else None)
        for n, size in enumerate(sizes)
    )

    numbered = number_slice(stream, 0)

    parts = parse(numbered)
    assert payload_of(numbered, "video") == payload_of(stream, "video")
    assert [part[3] for part in parts] == [n % 16 for n in range(-(-count // 16) * 16)]
    assert [part[1] for part in parts].count(True) == 1
    clocks = [part for part in parts if part[4].startswith(CLOCK)]
    assert len(clocks) == sum(size < 170 for size in sizes)


def test_a_packet_without_payload_repeats_the_counter():
    stream = packet("audio", bytes(184)) + packet("audio", field=CLOCK) + packet("audio", bytes(50))

    parts = parse(number_slice(stream, 0))

    empty = next(n for n, part in enumerate(parts) if not part[2])
    assert parts[empty][3] == parts[empty - 1][3]
    assert sum(part[2] for part in parts) == 16


def test_tables_are_there_once_and_numbered_by_the_slice():
    tables = b"".join(packet(name, bytes(184), start=True) for name in ("pat", "pmt", "sdt"))

    parts = parse(number_slice(tables + tables + packet("audio", bytes(184)), 18))

    assert [(part[0], part[3]) for part in parts[:2]] == [(0, 2), (0x1000, 2)]
    assert {part[0] for part in parts[2:]} == {0x101}
