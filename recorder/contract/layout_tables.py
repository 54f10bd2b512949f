"""The predefined layouts, the limits and the sentences of the checks as plain data for a page.

The editor draws and judges by these, so that no figure of the service is written down twice.
"""

from collections.abc import Callable
from typing import TypedDict

from recorder.contract.layout_checks import SENTENCES
from recorder.contract.layouts import (
    BEST_FIT,
    MAX_AREA,
    MAX_REGIONS,
    MAX_SIDE,
    PREDEFINED,
    Layout,
    regions_for,
)


class Step(TypedDict):
    """`cells` are [x, y, width, height, render_mode] of each region, lengths in millionths."""

    upTo: int
    cells: list[list[int]]
    derived: bool


def editor_tables(translate: Callable[[str], str] = str) -> dict[str, object]:
    """What the editor's page embeds: `predefined`, `limits`, and `words` by rule."""
    return {
        "predefined": {str(kind): predefined_steps(kind) for kind in PREDEFINED},
        "limits": {"regions": MAX_REGIONS, "side": MAX_SIDE, "area": MAX_AREA},
        "words": {f"layout.{rule}": translate(sentence) for rule, sentence in SENTENCES.items()},
    }


def predefined_steps(kind: int) -> list[Step]:
    """The geometry of a predefined layout as steps of growing capacity.

    So many regions as there are (0…17) take the first cells of the first step with `upTo` at least
    that. `derived` says that no document states these sizes.
    """
    steps: list[Step] = []
    for count in range(MAX_REGIONS, -1, -1):
        cells = _cells(kind, count)
        if not steps or steps[-1]["cells"][: len(cells)] != cells:
            derived = kind == BEST_FIT and 1 < count < MAX_REGIONS
            steps.append(Step(upTo=len(cells), cells=cells, derived=derived))
    return steps[::-1]


def _cells(kind: int, count: int) -> list[list[int]]:
    users = [str(number) for number in range(count)]
    placed = regions_for(Layout(kind), users)
    return [[r.x, r.y, r.width, r.height, r.render_mode] for r, _uid in placed]
