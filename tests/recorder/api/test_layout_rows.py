"""Layouts over HTTP: tags, keys that nobody knows, and names that are taken meanwhile."""

import json

import pytest

from recorder.contract.layouts import Canvas
from recorder.models import AuditEntry, Layout, Project, StorageConfig
from tests.recorder.api.test_settings_rows import LAYOUT, PROJECT, STORAGE
from tests.support.race import taken_after_the_look

pytestmark = pytest.mark.django_db


def test_tags_are_written_read_and_changed_without_a_new_version(api):
    made = api.post("/api/v1/layouts/", LAYOUT | {"tags": ["Panel", "panel", " wide  picture "]})
    url = f"/api/v1/layouts/{made.json()['id']}/"

    assert made.json()["tags"] == ["panel", "wide picture"]
    assert api.patch(url, {"tags": ["other"]}).json()["tags"] == ["other"]
    assert api.patch(url, {"name": "New"}).json()["tags"] == ["other"]
    assert api.get(url).json()["version"] == 1


@pytest.mark.parametrize("tags", [["x" * 33], ["a,b"], [1], "panel", [str(n) for n in range(13)]])
def test_tags_that_are_none_are_refused(api, fields, tags):
    refused = fields(api.post("/api/v1/layouts/", LAYOUT | {"tags": tags}))

    assert any(path.startswith("tags") for path in refused)


class TestKeysThatNobodyKnows:
    @pytest.fixture
    def layout(self, user):
        wire = {
            "mixedVideoLayout": 3,
            "newThing": {"a": 1},
            "layoutConfig": [{"x_axis": 0, "y_axis": 0, "width": 1, "height": 1, "zOrder": 4}],
        }
        return Layout.create("Newer", Canvas(1280, 720), wire, by=user)

    def test_they_survive_a_change_of_something_else(self, api, layout):
        url = f"/api/v1/layouts/{layout.pk}/"

        changed = api.patch(url, {"background_color": "#FFFFFF"})

        picture = layout.versions.get(number=2).picture
        assert changed.json()["layout_config"][0]["zOrder"] == 4
        assert picture["newThing"] == {"a": 1}
        assert picture["layoutConfig"][0]["zOrder"] == 4

    def test_what_was_read_may_be_sent_back(self, api, layout):
        url = f"/api/v1/layouts/{layout.pk}/"

        assert api.put(url, api.get(url).json()).status_code == 200
        assert Layout.objects.get().version == 1

    def test_a_new_one_is_a_misspelt_one(self, api, fields, layout):
        region = {"x_axis": 0, "y_axis": 0, "width": 1, "height": 1, "hieght": 1}

        refused = fields(api.patch(f"/api/v1/layouts/{layout.pk}/", {"layout_config": [region]}))

        assert "layout_config.0.hieght" in refused


@pytest.mark.parametrize(
    ("path", "row", "body"),
    [
        ("layouts", Layout(name="Taken"), LAYOUT),
        ("projects", Project(name="Taken", provider="agora"), PROJECT),
        ("storage-configs", StorageConfig(name="Taken", vendor=1), STORAGE),
    ],
)
class TestANameThatIsTakenMeanwhile:
    def test_is_the_fields_error_of_a_new_row(self, api, fields, path, row, body):
        with taken_after_the_look(row):
            answer = api.post(f"/api/v1/{path}/", body | {"name": "Taken"})

        assert "Somebody else has just used this name" in fields(answer)["name"][0]
        assert not AuditEntry.objects.exists()

    def test_is_the_fields_error_of_a_changed_row(self, api, fields, path, row, body):
        made = api.post(f"/api/v1/{path}/", body).json()
        url = f"/api/v1/{path}/{made['id']}/"

        with taken_after_the_look(row):
            answer = api.patch(url, {"name": "Taken"})

        assert "Somebody else has just used this name" in fields(answer)["name"][0]
        assert api.get(url).json()["name"] == body["name"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("NaN", "layout_config.1.width: NaN is not a JSON number."),
        ("-Infinity", "layout_config.1.width: -Infinity is not a JSON number."),
        ("1e309", "layout_config.1.width: This number is too large."),
    ],
)
def test_a_number_that_is_none_is_named_with_its_place(api, number, said):
    body = json.dumps(LAYOUT | {"layout_config": [{}, {"width": 0.25}]}).replace("0.25", number)

    answer = api.post("/api/v1/layouts/", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == said
