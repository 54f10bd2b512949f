"""What the browser's half of the layout editor must agree with: tests/js/layouts.json.

tests/js/layout_shared.test.js reads the same file.
"""

import json

import pytest

from recorder.contract.layout_checks import SENTENCES
from recorder.contract.layout_tables import editor_tables, predefined_steps
from recorder.contract.layouts import MAX_REGIONS, PREDEFINED, VERTICAL, Layout, regions_for
from tests.support.layout_cases import FILE, answers

STORED = json.loads(FILE.read_text())


@pytest.fixture(scope="module")
def today():
    return answers()


@pytest.mark.parametrize("part", STORED)
def test_python_answers_the_shared_cases_as_they_are_written_down(part, today):
    assert today[part] == STORED[part]


def test_no_part_of_the_shared_cases_is_missing(today):
    assert list(today) == list(STORED)


def test_every_rule_of_the_checks_has_a_shared_case():
    named = {problem[0] for case in STORED["checks"] for problem in case["problems"]}

    assert named == {f"layout.{rule}" for rule in SENTENCES}


@pytest.mark.parametrize("kind", PREDEFINED)
def test_the_table_of_a_predefined_layout_gives_back_its_geometry(kind):
    steps = predefined_steps(kind)

    for count in range(MAX_REGIONS + 1):
        placed = regions_for(Layout(kind), [str(number) for number in range(count)])
        cells = next(step["cells"] for step in steps if len(placed) <= step["upTo"])
        assert cells[: len(placed)] == [
            [r.x, r.y, r.width, r.height, r.render_mode] for r, _uid in placed
        ]


def test_the_table_says_which_sizes_are_derived():
    derived = {
        kind: {step["upTo"]: step["derived"] for step in predefined_steps(kind)}
        for kind in PREDEFINED
    }

    assert derived[VERTICAL] == {5: False, 7: False, 9: False, 17: False}
    assert [derived[1][count] for count in (1, 2, 16, 17)] == [False, True, True, False]


def test_sentences_are_handed_on_translated():
    words = editor_tables(str.upper)["words"]

    assert words["layout.empty"] == "A CUSTOM LAYOUT NEEDS AT LEAST ONE REGION."
