"""The editor's door: layouts saved as JSON, exact, and refused at the right place."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from recorder.contract.layouts import BEST_FIT, CUSTOM, UNIT, Canvas, Region
from recorder.contract.layouts import Layout as Picture
from recorder.models import AuditEntry, Layout, User
from tests.dashboard.test_layouts import LEFT, RIGHT, WIDE, error_at, fields
from tests.support.race import taken_after_the_look

HALVES = (Region(0, 0, UNIT // 2, UNIT), Region(UNIT // 2, 0, UNIT // 2, UNIT))


@pytest.fixture
def halves(db, person):
    return Layout.create("Halves", WIDE, Picture(CUSTOM, HALVES), by=person)


def region(**values):
    whole = {"x_axis": 0, "y_axis": 0, "width": 0.5, "height": 1}
    return whole | values


def document(*regions, **more):
    listed = list(regions) or [region(), region(x_axis=0.5)]
    return {"width": 1280, "height": 720, "mixed_video_layout": 3, "layout_config": listed} | more


@pytest.fixture
def send(signed_in):
    """`send(body, pk=None)`: the answer of the editor's door; a text goes as it is."""

    def post(body, pk=None):
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        url = reverse("layout_edit", args=[pk]) if pk else reverse("layout_new")
        return signed_in.post(url, text, content_type="application/json")

    return post


def problems(answer):
    assert answer.status_code == 422
    return {problem["path"]: problem["message"] for problem in answer.json()["problems"]}


class TestSaving:
    def test_a_new_layout_is_answered_with_its_address_and_version(self, send, person):
        answer = send({"name": " Mine ", "tags": ["Panel", "wide"], "document": document()})

        layout, said = Layout.objects.get(), answer.json()
        assert answer.status_code == 200
        assert said["url"] == reverse("layout_edit", args=[layout.pk])
        assert (said["id"], said["version"], said["name"]) == (layout.pk, 1, "Mine")
        assert (layout.tags, layout.latest.parsed()) == (["panel", "wide"], Picture(3, HALVES))
        assert AuditEntry.objects.get().user == person

    def test_numbers_are_kept_to_the_millionth(self, send):
        odd = region(x_axis=0.000001, y_axis=0.333333, width=0.999999, height=0.666667)

        send({"name": "Odd", "document": document(odd)})

        kept = Layout.objects.get().latest.parsed().regions[0]
        assert (kept.x, kept.y, kept.width, kept.height) == (1, 333_333, 999_999, 666_667)

    def test_unknown_keys_are_kept_told_and_given_back(self, send, signed_in):
        unknown = document(region(width=1, zOrder=4), newThing={"a": [1]})

        answer = send({"name": "Newer", "document": unknown})

        layout = Layout.objects.get()
        page = signed_in.get(reverse("layout_edit", args=[layout.pk]))
        told = {problem["path"] for problem in answer.json()["problems"]}
        assert {"layoutConfig.0.zOrder", "newThing"} <= told
        assert page.context["editor"]["document"]["newThing"] == {"a": [1]}
        assert page.context["editor"]["wire"]["layoutConfig"][0]["zOrder"] == 4

    def test_the_services_own_names_are_read_too(self, send):
        wire = {"mixedVideoLayout": 1, "backgroundColor": "#102030"}

        send({"name": "Fit", "document": {"width": 640, "height": 360, **wire}})

        version = Layout.objects.get().latest
        assert version.parsed() == Picture(BEST_FIT, background_color="#102030")
        assert version.canvas == Canvas(640, 360)

    def test_a_changed_picture_is_a_new_version_and_the_same_one_is_none(self, send, halves):
        body = {"name": "Halves", "seen": 1, "document": document(region(width=1))}

        first, again = send(body, halves.pk), send(body | {"seen": 2}, halves.pk)

        halves.refresh_from_db()
        assert (first.json()["version"], first.json()["changed"]) == (2, True)
        assert (again.json()["version"], again.json()["changed"]) == (2, False)
        assert halves.version == 2

    def test_tags_alone_make_no_version(self, send, halves):
        send({"name": "Halves", "seen": 1, "tags": "a, B", "document": document()}, halves.pk)

        halves.refresh_from_db()
        assert (halves.version, halves.tags) == (1, ["a", "b"])

    def test_a_copy_is_a_layout_of_its_own(self, send, halves):
        answer = send(
            {"name": "Halves", "seen": 1, "copy": True, "document": document()}, halves.pk
        )

        assert answer.json()["name"] == "Halves (copy)"
        assert Layout.objects.count() == 2


class TestConflict:
    @pytest.fixture
    def overtaken(self, halves):
        halves.add_version(WIDE, Picture(BEST_FIT), by=User.objects.create_user("jun"), seen=1)
        return halves

    def test_the_slower_of_two_gets_the_others_picture(self, send, overtaken):
        answer = send({"name": "Halves", "seen": 1, "document": document(region())}, overtaken.pk)

        theirs = answer.json()["conflict"]
        assert answer.status_code == 409
        assert (theirs["number"], theirs["by"]) == (2, "jun")
        assert theirs["document"]["mixed_video_layout"] == BEST_FIT
        overtaken.refresh_from_db()
        assert overtaken.version == 2

    def test_mine_can_be_kept_on_top_of_theirs(self, send, overtaken):
        answer = send({"name": "Halves", "seen": 2, "document": document(region())}, overtaken.pk)

        assert answer.json()["version"] == 3
        assert overtaken.versions.get(number=2).parsed() == Picture(BEST_FIT)

    def test_a_name_that_is_taken_between_look_and_save_is_the_fields_error(self, send, halves):
        with taken_after_the_look(Layout(name="Mine")):
            answer = send({"name": "Mine", "seen": 1, "document": document(region())}, halves.pk)

        halves.refresh_from_db()
        assert "Somebody else has just used this name" in problems(answer)["name"]
        assert (halves.name, halves.version) == ("Halves", 1)

    def test_the_form_of_numbers_says_the_same(self, signed_in):
        with taken_after_the_look(Layout(name="Mine")):
            answer = signed_in.post(reverse("layout_new"), fields(LEFT, RIGHT))

        assert answer.status_code == 422
        assert "just used this name" in error_at(answer.content.decode(), "name")


class TestRefusals:
    @pytest.mark.parametrize(
        ("sent", "path"),
        [
            (document(region(), region(x_axis=0.500001)), "layoutConfig.1.width"),
            (document(region(width=0.1234567)), "layoutConfig.0.width"),
            (document(region(height="0,5")), "layoutConfig.0.height"),
            (document(region(height=0)), "layoutConfig.0.height"),
            (document(region(uid="7"), region(uid="7", x_axis=0.5)), "layoutConfig.1.uid"),
            (document(*[region()] * 18), "layoutConfig"),
            (document(layout_config=[]), "layoutConfig"),
            (document(layout_config={"a": 1}), "layoutConfig"),
            (document(background_color="red"), "backgroundColor"),
            (document(background_image="javascript:alert(1)"), "backgroundImage"),
            (document(width=1921), "width"),
            (document(width="1280"), "width"),
            (document(height=True), "height"),
            (document(width=1920, height=1920), "width"),
            (document(mixed_video_layout=4), "mixedVideoLayout"),
            ("nothing", "document"),
        ],
    )
    def test_each_names_its_place(self, send, sent, path):
        found = problems(send({"name": "Bad", "document": sent}))

        assert found[path]
        assert not Layout.objects.exists()

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e309"])
    def test_a_number_that_is_none_is_named_with_its_field(self, send, number):
        text = json.dumps({"name": "N", "document": document(region(width=0.123))})

        found = problems(send(text.replace("0.123", number)))

        assert list(found) == ["layoutConfig.0.width"]

    @pytest.mark.parametrize(
        ("name", "said"),
        [("", "needs a name"), ("x" * 81, "at most 80"), (None, "needs a name"), (3, "needs")],
    )
    def test_a_name_is_a_text_of_one_to_eighty_letters(self, send, name, said):
        assert said in problems(send({"name": name, "document": document()}))["name"]

    @pytest.mark.parametrize("tags", [["x" * 33], [str(n) for n in range(13)], [3], {"a": 1}])
    def test_tags_are_few_and_short(self, send, tags):
        assert problems(send({"name": "N", "tags": tags, "document": document()}))["tags"]

    def test_name_and_picture_are_judged_together(self, send):
        found = problems(send({"name": "", "document": document(region(height=0))}))

        assert set(found) >= {"name", "layoutConfig.0.height"}

    def test_a_taken_name_is_refused(self, send, halves):
        assert (
            "There is a layout"
            in problems(send({"name": "Halves", "document": document()}))["name"]
        )

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("{\n  oops", (2, 3)),
            ('{"a": 1, "a": 2}', (0, 0)),
            ("[1]", None),
            ('{"document": ' + "[" * 40 + "]" * 40 + "}", (0, 0)),
            ("[" * 50_000, (0, 0)),
            ('{"name": "\\u0000"}', (0, 0)),
            (b"\xff", (0, 0)),
            ('{"n": ' + "9" * 5000 + "}", (0, 0)),
        ],
    )
    def test_what_is_no_json_object_is_refused_with_line_and_column(self, send, text, place):
        answer = send(text)

        said = answer.json()
        assert answer.status_code == 400
        assert said["message"]
        assert place is None or (said["line"], said["column"]) == place

    def test_more_than_a_megabyte_is_refused(self, send):
        answer = send('{"name": "' + "x" * 1_100_000 + '"}')

        assert answer.status_code == 413
        assert "megabyte" in answer.json()["message"]

    def test_the_door_asks_for_the_token_and_takes_it_from_the_header(self, person):
        client = Client(enforce_csrf_checks=True)
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        token = client.get(reverse("layout_new")).context["editor"]["csrf"]
        large = b'{"name": "' + b"x" * 10_000_000 + b'"}'

        answers = [
            client.post(reverse("layout_new"), large, content_type="application/json", headers=sent)
            for sent in ({}, {"X-CSRFToken": token})
        ]

        assert [answer.status_code for answer in answers] == [403, 413]

    def test_a_layout_that_is_gone_is_a_sentence(self, send):
        answer = send({"name": "N", "document": document()}, 77)

        assert answer.status_code == 404
        assert answer.json()["message"]


class TestEmbedded:
    def test_the_page_carries_what_the_editor_needs(self, signed_in, halves):
        url = reverse("layout_edit", args=[halves.pk])

        page = signed_in.get(url)

        data = page.context["editor"]
        assert 'id="editor-data"' in page.content.decode()
        assert (data["mode"], data["name"], data["seen"], data["shown"]) == (
            "library",
            "Halves",
            1,
            1,
        )
        assert data["urls"]["save"] == url
        assert data["document"]["layout_config"][1]["x_axis"] == 0.5
        assert data["tables"]["limits"]["regions"] == 17

    def test_an_old_version_is_shown_and_the_newest_is_what_was_seen(self, signed_in, halves):
        halves.add_version(WIDE, Picture(BEST_FIT), by=None, seen=1)

        data = signed_in.get(reverse("layout_edit", args=[halves.pk]), {"version": 1}).context[
            "editor"
        ]

        assert (data["seen"], data["shown"]) == (2, 1)
        assert len(data["wire"]["layoutConfig"]) == 2

    def test_a_copy_begins_with_the_picture_under_a_free_name(self, signed_in, halves):
        data = signed_in.get(reverse("layout_new"), {"from": halves.pk}).context["editor"]

        assert (data["name"], data["seen"], data["id"]) == ("Halves (copy)", None, None)
        assert data["urls"]["save"] == reverse("layout_new")

    def test_a_script_in_a_name_stays_data(self, signed_in, person):
        layout = Layout.create("</script><b>", WIDE, Picture(BEST_FIT), by=person)

        page = signed_in.get(reverse("layout_edit", args=[layout.pk])).content.decode()

        assert "</script><b>" not in page


def test_the_form_of_numbers_keeps_keys_it_does_not_know(signed_in, person):
    wire = {
        "mixedVideoLayout": 3,
        "newThing": [1],
        "layoutConfig": [region(), region(x_axis=0.5, zOrder=2)],
    }
    layout = Layout.create("Newer", WIDE, wire, by=person)
    url = reverse("layout_edit", args=[layout.pk])
    form = signed_in.get(url).context["form"]
    typed = {name: value for name, value in form.initial.items() if value is not None}

    signed_in.post(url, typed | {"clientRequest.backgroundColor": "#ABCDEF"})

    layout.refresh_from_db()
    assert layout.version == 2
    assert layout.latest.picture["newThing"] == [1]
    assert layout.latest.picture["layoutConfig"][1]["zOrder"] == 2
    assert layout.latest.picture["backgroundColor"] == "#ABCDEF"
