"""Layouts in and out as files, over the pages."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from recorder.contract.layout_files import read_layouts
from recorder.contract.layouts import BEST_FIT, CUSTOM
from recorder.contract.layouts import Layout as Picture
from recorder.models import AuditEntry, Layout
from recorder.models.starters import add_starters
from tests.dashboard.test_layouts import HALVES, WIDE

REGION = {"x_axis": 0, "y_axis": 0, "width": 1, "height": 1}
WIRE = {"mixedVideoLayout": 3, "layoutConfig": [REGION]}
OWN = {"format": "reelroom-layout", "version": 1, "name": "Mine", "tags": ["a"], "layout": WIRE}
URL = "/layouts/import/"


@pytest.fixture
def halves(db, person):
    return Layout.create("Halves", WIDE, Picture(CUSTOM, HALVES), by=person, tags=["panel"])


def look(signed_in, value):
    text = value if isinstance(value, str) else json.dumps(value)
    return signed_in.post(URL, {"text": text})


def add(signed_in, value, **chosen):
    return signed_in.post(URL, {"text": json.dumps(value), "add": "1", **chosen}, follow=True)


class TestExport:
    def test_all_of_them_come_in_one_file_that_can_be_read_again(
        self, signed_in, person, django_assert_max_num_queries
    ):
        add_starters(by=person)

        with django_assert_max_num_queries(5):
            answer = signed_in.get(reverse("layouts_export"))

        found = read_layouts(json.loads(answer.content))
        assert "attachment" in answer["Content-Disposition"]
        assert len(found) == Layout.objects.count()
        assert {one.name for one in found} == set(Layout.objects.values_list("name", flat=True))

    def test_the_selected_only(self, signed_in, halves):
        Layout.create("Other", WIDE, Picture(BEST_FIT), by=None)

        answer = signed_in.get(reverse("layouts_export"), {"layout": halves.pk})

        (found,) = read_layouts(json.loads(answer.content))
        assert (found.name, found.tags, found.canvas) == ("Halves", ("panel",), WIDE)
        assert 'filename="halves.json"' in answer["Content-Disposition"]

    @pytest.mark.parametrize("asked", ["x", "99", "9" * 40, "-1"])
    def test_what_is_not_there_makes_an_empty_file(self, signed_in, halves, asked):
        answer = signed_in.get(reverse("layouts_export"), {"layout": asked})

        assert json.loads(answer.content)["layouts"] == []


class TestImport:
    def test_a_file_is_looked_at_before_anything_is_added(self, signed_in, person):
        file = SimpleUploadedFile("x.json", json.dumps(OWN).encode())

        page = signed_in.post(URL, {"file": file}).content.decode()

        assert 'value="Mine"' in page
        assert '<svg class="thumbnail"' in page
        assert not Layout.objects.exists()

    def test_the_chosen_are_added_with_name_tags_and_picture(self, signed_in, person):
        several = {"format": "reelroom-layouts", "version": 1, "layouts": [OWN, OWN, OWN]}

        page = add(
            signed_in, several, **{"take-0": "1", "name-0": "One", "take-2": "1", "name-2": "Three"}
        ).content.decode()

        assert "2 layouts were added." in page
        assert sorted(Layout.objects.values_list("name", flat=True)) == ["One", "Three"]
        assert Layout.objects.get(name="One").tags == ["a"]
        assert AuditEntry.objects.filter(action="layout.create").count() == 2

    def test_a_taken_name_is_offered_as_another(self, signed_in, halves):
        page = look(signed_in, OWN | {"name": "Halves"}).content.decode()

        assert 'value="Halves (2)"' in page
        assert "renamed, the name is taken" in page

    def test_a_name_that_is_taken_or_doubled_is_refused_at_its_row(self, signed_in, halves):
        taken = add(signed_in, [OWN, OWN], **{"take-0": "1", "name-0": "Halves"})
        doubled = add(
            signed_in,
            [OWN, OWN],
            **{"take-0": "1", "name-0": "B", "take-1": "1", "name-1": "B"},
        )

        assert 'id="name-0-error"' in taken.content.decode()
        assert 'id="name-1-error"' in doubled.content.decode()
        assert Layout.objects.count() == 1

    def test_unknown_keys_and_rounded_numbers_are_told_and_kept(self, signed_in, person):
        region = {**REGION, "width": 1 / 3, "zOrder": 2}
        wire = {**WIRE, "layoutConfig": [region], "newer": True}

        page = look(signed_in, wire).content.decode()
        add(signed_in, wire, **{"take-0": "1", "name-0": "Newer"})

        picture = Layout.objects.get().latest.picture
        assert "newer" in page
        assert "layoutConfig.0.zOrder" in page
        assert "0.3333333333333333 → 0.333333" in page
        assert picture["newer"] is True
        assert picture["layoutConfig"][0]["zOrder"] == 2

    def test_a_layout_with_an_error_is_shown_with_its_field_and_cannot_be_chosen(
        self, signed_in, person
    ):
        over = {**WIRE, "layoutConfig": [{**REGION, "x_axis": 0.000001}]}

        page = look(signed_in, [over, OWN]).content.decode()
        add(signed_in, [over], **{"take-0": "1", "name-0": "Bad"})

        assert "layoutConfig.0.width" in page
        assert 'name="take-0" value="1" disabled' in page
        assert 'name="take-1" value="1" checked' in page
        assert not Layout.objects.exists()

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "Choose a file, or paste its text below."),
            ("{\n  oops", "line 2, column 3"),
            ('{"a": NaN}', "a: NaN is not a JSON number."),
            ('{"layoutConfig": [{"x_axis": 1e309}]}', "layoutConfig.0.x_axis: This number is too"),
            ("[" * 5000, "nested too deeply"),
            ('{"a": 1}', "There is no layout in it."),
            ('{"format": "other"}', "format: This is a file of another program."),
            ("{}", "There is no layout in it."),
            ('"\\u0000"', "character that is no text"),
        ],
    )
    def test_what_is_no_layout_is_refused_with_its_place(self, signed_in, person, text, said):
        answer = look(signed_in, text)

        assert answer.status_code == 422
        assert said in answer.content.decode()

    def test_a_large_file_and_one_that_is_no_text_are_refused(self, signed_in, person):
        large = SimpleUploadedFile("x.json", b"[" + b" " * 1_000_000 + b"]")
        picture = SimpleUploadedFile("x.png", b"\x89PNG\xff\xfe")

        assert "larger than one megabyte" in signed_in.post(URL, {"file": large}).content.decode()
        assert "not UTF-8" in signed_in.post(URL, {"file": picture}).content.decode()

    def test_what_the_look_carries_on_is_read_as_the_same(self, signed_in, person):
        over = {**WIRE, "layoutConfig": [{**REGION, "x_axis": 0.000001}]}

        carried = look(signed_in, [over, OWN, WIRE]).context["text"]
        again = look(signed_in, carried).context["rows"]

        assert [row.found.is_sound for row in again] == [False, True, True]
        assert [row.found.sized for row in again] == [False, False, False]

    def test_a_text_of_ten_megabytes_is_refused_with_a_sentence(self, signed_in, person):
        answer = look(signed_in, "x" * 10_000_000)

        assert answer.status_code == 400
        assert "larger than one megabyte" in answer.content.decode()

    def test_nothing_chosen_is_said(self, signed_in, person):
        answer = add(signed_in, OWN)

        assert answer.status_code == 422
        assert "Choose at least one layout." in answer.content.decode()

    def test_a_start_request_gives_its_picture_and_none_of_its_secrets(self, signed_in, person):
        config = {**WIRE, "width": 640, "height": 360, "fps": 15, "bitrate": 500}
        body = {
            "clientRequest": {
                "token": "a-secret-token-value",
                "recordingConfig": {"transcodingConfig": config},
            }
        }

        page = look(signed_in, body).content.decode()
        add(signed_in, body, **{"take-0": "1", "name-0": "Started"})

        assert "a-secret-token-value" not in page
        assert "640 × 360" in page
        assert Layout.objects.get().latest.width == 640
