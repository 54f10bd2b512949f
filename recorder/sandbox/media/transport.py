"""Continuity counters of a transport stream whose slices are made independently of each other.

A muxer starts every PID's 4-bit counter at 0, so the counters of two slices do not join. Slice k
cannot know how many packets slice k-1 has without making it. Hence every slice is brought to a form
whose counters are known beforehand, and any two neighbours join without a gap:

- each slice has exactly one PAT and one PMT, numbered k (the other tables of the muxer are not
  needed);
- each elementary stream has a multiple of 16 packets with payload, numbered from 0. The packets
  missing to that are won by splitting full ones in two, with stuffing, which changes no payload
  byte.

The other way would be the discontinuity indicator at each start. But on the clock's PID it says
that a new time base begins, which is not true here, and a check of the joined stream could no
longer tell a lost packet from a cut.
"""

import numpy as np
from numpy.typing import NDArray

PACKET = 188
PAT, PMT = 0, 0x1000
VIDEO, AUDIO = 0x100, 0x101
_SPACE = 184  # bytes of a packet after its header

Packets = NDArray[np.uint8]


def number_slice(stream: bytes, k: int) -> bytes:
    """Slice k as the muxer made it, with counters that follow on those of slice k-1."""
    packets = np.frombuffer(stream, np.uint8).reshape(-1, PACKET)
    pids = _pids(packets)
    keep = np.isin(pids, (VIDEO, AUDIO))
    for table in (PAT, PMT):
        keep[np.flatnonzero(pids == table)[:1]] = True
    packets = packets[keep].copy()
    for pid in (VIDEO, AUDIO):
        packets = _fill_up(packets, pid)
    pids = _pids(packets)
    for pid, first in ((PAT, k), (PMT, k), (VIDEO, 0), (AUDIO, 0)):
        _count(packets, np.flatnonzero(pids == pid), first)
    return packets.tobytes()


def _pids(packets: Packets) -> NDArray[np.int64]:
    return (packets[:, 1].astype(np.int64) & 0x1F) << 8 | packets[:, 2]


def _payload_sizes(packets: Packets) -> NDArray[np.int64]:
    """Bytes of payload of each packet; 0 for one that carries none, whose counter stands still."""
    field = np.where(packets[:, 3] & 0x20, packets[:, 4].astype(np.int64) + 1, 0)
    return np.where(packets[:, 3] & 0x10, _SPACE - field, 0)


def _fill_up(packets: Packets, pid: int) -> Packets:
    """Split packets of this PID until those with payload are a multiple of 16."""
    while True:
        sizes = np.where(_pids(packets) == pid, _payload_sizes(packets), 0)
        count = np.count_nonzero(sizes)
        missing = -count % 16
        if not missing:
            return packets
        largest = np.sort(np.argsort(-sizes, kind="stable")[: min(missing, count)])
        halves = [_split(packets[at], int(sizes[at])) for at in largest]
        packets = np.insert(packets, largest + 1, [second for _, second in halves], axis=0)
        packets[largest + np.arange(len(largest))] = [first for first, _ in halves]


def _split(packet: Packets, size: int) -> tuple[Packets, Packets]:
    """Two packets that carry what one did. Flags and clock reference stay with the first."""
    payload = packet[PACKET - size :]
    half = size // 2
    field = packet[4 : PACKET - size]  # the adaptation field with its length byte, or nothing
    content = field[1:] if len(field) > 1 else np.zeros(1, np.uint8)  # without: flags, none set
    first = _packet(packet[:4], content, payload[: size - half])
    header = packet[:4].copy()
    header[1] &= ~np.uint8(0x40)  # the unit began in the first
    return first, _packet(header, np.zeros(1, np.uint8), payload[size - half :])


def _packet(header: Packets, field: Packets, payload: Packets) -> Packets:
    """Header, adaptation field stuffed to fill, payload."""
    packet = np.full(PACKET, 0xFF, np.uint8)
    packet[:4] = header
    packet[3] |= 0x30
    packet[4] = _SPACE - 1 - len(payload)
    packet[5 : 5 + len(field)] = field
    packet[PACKET - len(payload) :] = payload
    return packet


def _count(packets: Packets, which: NDArray[np.intp], first: int) -> None:
    """Number these packets. One without payload repeats the number before it."""
    counts = first - 1 + np.cumsum(packets[which, 3] & 0x10 != 0)
    packets[which, 3] = packets[which, 3] & 0xF0 | (counts & 0x0F).astype(np.uint8)
