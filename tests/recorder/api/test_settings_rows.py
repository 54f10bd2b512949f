"""Projects, storages and layouts over HTTP."""

import pytest

from recorder.models import AuditEntry, Layout, Project, ProviderCall, StorageConfig
from tests.recorder.storage.stores import server_answering

PROJECT = {
    "name": "Rooms",
    "provider": "agora",
    "app_id": "0123456789abcdef0123456789abcdef",
    "customer_id": "customer",
    "customer_secret": "a-long-customer-secret",
}
STORAGE = {
    "name": "Bucket",
    "vendor": 1,
    "region": 0,
    "bucket": "recordings",
    "access_key": "AKIA",
    "secret_key": "a-long-secret-key",
}
LAYOUT = {
    "name": "Halves",
    "width": 1280,
    "height": 720,
    "mixed_video_layout": 3,
    "layout_config": [
        {"x_axis": 0, "y_axis": 0, "width": 0.5, "height": 1},
        {"x_axis": 0.5, "y_axis": 0, "width": 0.5, "height": 1, "uid": "7"},
    ],
}


def test_a_project_is_made_read_changed_and_deleted(api):
    made = api.post("/api/v1/projects/", PROJECT)
    assert made.status_code == 201, made.content
    url = f"/api/v1/projects/{made.json()['id']}/"

    assert api.get(url).json()["area"] == "global"
    assert api.patch(url, {"area": "eu"}).json()["area"] == "eu"
    assert api.delete(url).status_code == 204
    assert api.get(url).status_code == 404
    assert [e.action for e in AuditEntry.objects.order_by("id")] == [
        "project.create",
        "project.update",
        "project.delete",
    ]


def test_a_project_whose_credentials_were_checked_is_deleted_with_the_checks(api, project):
    assert api.post(f"/api/v1/projects/{project.pk}/check/").json()["passed"]

    assert api.delete(f"/api/v1/projects/{project.pk}/").status_code == 204

    assert not ProviderCall.objects.exists()


def test_secrets_are_never_read_back(api):
    response = api.post("/api/v1/projects/", PROJECT)

    secret = response.json()["customer_secret"]
    assert (secret["set"], secret["last4"]) == (True, "cret")
    assert secret["updated_at"]
    assert response.json()["app_certificate"] == {"set": False, "last4": "", "updated_at": None}
    for text in (
        response.content,
        api.get("/api/v1/projects/").content,
        api.get("/api/v1/audit/").content,
    ):
        assert PROJECT["customer_secret"].encode() not in text


@pytest.mark.parametrize("change", [{}, {"customer_secret": ""}, {"customer_secret": "   "}])
def test_a_secret_that_is_left_out_or_empty_stays(api, change):
    pk = api.post("/api/v1/projects/", PROJECT).json()["id"]

    assert api.patch(f"/api/v1/projects/{pk}/", change | {"name": "Other"}).status_code == 200

    assert Project.objects.get().customer_secret.reveal() == PROJECT["customer_secret"]


def test_a_secret_is_replaced_by_text_and_taken_away_by_null(api):
    pk = api.post("/api/v1/projects/", PROJECT | {"app_certificate": "c" * 32}).json()["id"]

    api.patch(f"/api/v1/projects/{pk}/", {"customer_secret": "another", "app_certificate": None})

    project = Project.objects.get()
    assert project.customer_secret.reveal() == "another"
    assert not project.app_certificate


def test_what_was_read_may_be_sent_back_without_its_secrets(api):
    made = api.post("/api/v1/projects/", PROJECT).json()
    whole = {key: value for key, value in made.items() if "secret" not in key and "cert" not in key}

    response = api.put(f"/api/v1/projects/{made['id']}/", whole | {"name": "Other"})

    assert response.json()["name"] == "Other", response.content


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": 5}, "name"),
        ({"provider": "zoom"}, "provider"),
        ({"provider": True}, "provider"),
        ({"area": "mars"}, "area"),
        ({"app_id": "../x"}, "app_id"),
        ({"customer_id": "a:b"}, "customer_id"),
        ({"customer_secret": ""}, "customer_secret"),
        ({"customer_secret": None}, "customer_secret"),
        ({"customer_secret": 12345678}, "customer_secret"),
        ({"customer_secret": "x" * 5000}, "customer_secret"),
        ({"base_url": "http://api.agora.io"}, "base_url"),
        ({"base_url": "https://user:pw@api.agora.io"}, "base_url"),
        ({"provider": "sandbox"}, "base_url"),
        ({"requests_per_second": 0}, "requests_per_second"),
        ({"requests_per_second": "10"}, "requests_per_second"),
        ({"requests_per_second": "٣"}, "requests_per_second"),
        ({"requests_per_second": True}, "requests_per_second"),
        ({"requests_per_second": 5.0}, "requests_per_second"),
        ({"requests_per_second": 10**30}, "requests_per_second"),
        ({"costumer_id": "x"}, "costumer_id"),
    ],
    ids=str,
)
def test_a_wrong_project_is_refused_at_its_field(api, fields, changes, field):
    assert list(fields(api.post("/api/v1/projects/", PROJECT | changes))) == [field]
    assert not Project.objects.exists()


def test_two_projects_do_not_share_a_name(api, fields):
    api.post("/api/v1/projects/", PROJECT)

    assert "name" in fields(api.post("/api/v1/projects/", PROJECT))


def test_credentials_that_work_pass_the_check(api, project):
    response = api.post(f"/api/v1/projects/{project.pk}/check/")

    assert response.json()["passed"] is True, response.content
    assert project.calls.get().operation == "acquire"


def test_credentials_that_do_not_work_say_what_the_provider_said(api, project):
    project.customer_secret = "another-secret"
    project.save()

    answer = api.post(f"/api/v1/projects/{project.pk}/check/").json()

    assert answer["passed"] is False
    assert answer["provider"] == {"http_status": 401, "code": None}
    assert "another-secret" not in str(answer)


def test_a_provider_that_nobody_runs_fails_the_check_with_a_sentence(api, project, free_port):
    project.base_url = f"http://127.0.0.1:{free_port()}"
    project.save()

    answer = api.post(f"/api/v1/projects/{project.pk}/check/").json()

    assert (answer["passed"], answer["provider"]) == (False, None)
    assert answer["message"]


def test_a_storage_is_made_and_its_connection_tested(api, sandbox):
    made = api.post(
        "/api/v1/storage-configs/",
        STORAGE
        | {
            "vendor": 11,
            "access_key": sandbox.access_key,
            "secret_key": sandbox.secret_key,
            "extension_params": {"endpoint": "127.0.0.1"},
            "endpoint_url": f"{sandbox.url}/s3",
            "file_name_prefix": ["rooms", "{session}"],
        },
    )
    assert made.status_code == 201, made.content

    answer = api.post(f"/api/v1/storage-configs/{made.json()['id']}/check/").json()

    assert answer["passed"] is True, answer
    assert [step["key"] for step in answer["steps"]] == [
        "resolve",
        "reach",
        "sign",
        "write",
        "read",
        "delete",
    ]
    assert answer["cors_rule"] is None


def test_a_bucket_without_a_cors_rule_comes_with_the_rule_to_add(api):
    with server_answering() as store:
        made = api.post(
            "/api/v1/storage-configs/",
            STORAGE
            | {"vendor": 11, "extension_params": {"endpoint": "x"}, "endpoint_url": store.url},
        ).json()

        answer = api.post(f"/api/v1/storage-configs/{made['id']}/check/").json()

    assert answer["cors_rule"][0]["AllowedMethods"] == ["GET", "HEAD"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"vendor": 9}, "vendor"),
        ({"vendor": "1"}, "vendor"),
        ({"vendor": True}, "vendor"),
        ({"region": 999}, "region"),
        ({"bucket": "a b"}, "bucket"),
        ({"bucket": "a/b"}, "bucket"),
        ({"secret_key": ""}, "secret_key"),
        ({"file_name_prefix": ["a/b"]}, "file_name_prefix"),
        ({"file_name_prefix": ["{other}"]}, "file_name_prefix"),
        ({"file_name_prefix": "a"}, "file_name_prefix"),
        ({"file_name_prefix": ["a" * 64, "b" * 64]}, "file_name_prefix"),
        ({"extension_params": []}, "extension_params"),
        ({"vendor": 11}, "extension_params"),
        ({"endpoint_url": "ftp://x"}, "endpoint_url"),
        ({"endpoint_url": "https://user:pw@x"}, "endpoint_url"),
        ({"delivery": "pigeon"}, "delivery"),
        ({"read_access_key": "AKIA2"}, "read_access_key"),
    ],
    ids=str,
)
def test_a_wrong_storage_is_refused_at_its_field(api, fields, changes, field):
    found = fields(api.post("/api/v1/storage-configs/", STORAGE | changes))

    assert {path.partition(".")[0] for path in found} == {field}
    assert not StorageConfig.objects.exists()


def test_a_layout_is_made_and_each_changed_picture_is_a_new_version(api):
    made = api.post("/api/v1/layouts/", LAYOUT)
    assert made.status_code == 201, made.content
    url = f"/api/v1/layouts/{made.json()['id']}/"

    renamed = api.patch(url, {"name": "Two halves"}).json()
    changed = api.patch(url, {"background_color": "#102030"}).json()

    assert (made.json()["version"], renamed["version"], changed["version"]) == (1, 1, 2)
    assert changed["layout_config"][1]["uid"] == "7"
    assert api.get("/api/v1/layouts/").json()["results"] == [changed]


def test_a_change_from_an_old_version_overwrites_nothing(api):
    url = f"/api/v1/layouts/{api.post('/api/v1/layouts/', LAYOUT).json()['id']}/"
    api.patch(url, {"background_color": "#102030"})

    response = api.patch(url, {"background_color": "#ffffff", "version": 1})

    assert response.status_code == 409
    assert response.json()["error"]["code"] == "changed_meanwhile"
    assert api.get(url).json()["background_color"] == "#102030"


@pytest.mark.parametrize(
    "endpoint", [None, 5, "", "https://minio.example", "minio.example/path?", "me@minio.example"]
)
def test_an_endpoint_of_self_built_storage_is_a_bare_host(api, fields, endpoint):
    body = STORAGE | {"vendor": 11, "extension_params": {"endpoint": endpoint}}

    refused = api.post("/api/v1/storage-configs/", body)

    assert "Self-built storage needs its host name" in str(fields(refused)["extension_params"])


def test_a_deleted_layout_is_out_of_sight_but_kept_for_its_recordings(api):
    url = f"/api/v1/layouts/{api.post('/api/v1/layouts/', LAYOUT).json()['id']}/"

    assert api.delete(url).status_code == 204

    assert api.get(url).status_code == 404
    assert Layout.objects.get().archived_at


HALF = {"x_axis": 0, "y_axis": 0, "width": 0.5, "height": 1}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"width": 2000}, "width"),
        ({"width": 1920, "height": 1920}, "width"),
        ({"width": "640"}, "width"),
        ({"mixed_video_layout": 4}, "mixed_video_layout"),
        ({"background_color": "red"}, "background_color"),
        ({"max_resolution_uid": "٣", "mixed_video_layout": 2}, "max_resolution_uid"),
        ({"layout_config": []}, "layout_config"),
        ({"layout_config": [HALF | {"x_axis": 0.6}]}, "layout_config.0.width"),
        ({"layout_config": [HALF, HALF | {"x_axis": "0"}]}, "layout_config.1.x_axis"),
        ({"layout_config": [HALF | {"x_axis": 0.1234567}]}, "layout_config.0.x_axis"),
        ({"layout_config": [HALF | {"z": 1}]}, "layout_config.0.z"),
        ({"layout_config": [HALF] * 18}, "layout_config"),
        ({"layout_config": [5]}, "layout_config.0"),
        ({"background_config": [{"uid": "1", "image_url": "x"}]}, "background_config.0.image_url"),
        ({"colour": "red"}, "colour"),
    ],
    ids=str,
)
def test_a_wrong_layout_is_refused_at_the_place_of_the_mistake(api, fields, changes, field):
    found = fields(api.post("/api/v1/layouts/", LAYOUT | changes))

    assert field in found
    assert not Layout.objects.exists()


def test_a_list_of_layouts_takes_the_same_few_queries_however_long_it_is(
    api, django_assert_max_num_queries
):
    for number in range(8):
        api.post("/api/v1/layouts/", LAYOUT | {"name": f"Layout {number}"})

    with django_assert_max_num_queries(5):  # two of them for the token
        assert len(api.get("/api/v1/layouts/").json()["results"]) == 8


def test_a_replaced_callback_secret_stays_accepted_until_it_is_taken_away(api, project):
    address = f"/api/v1/projects/{project.pk}/"
    for secret in ("the-first-secret", "the-second-secret"):
        assert api.patch(address, {"callback_secret": secret}).status_code == 200
    project.refresh_from_db()
    both = project.callback_secrets
    answer = api.patch(address, {"callback_secret_old": None}).json()
    project.refresh_from_db()

    assert both == ["the-second-secret", "the-first-secret"]
    assert project.callback_secrets == ["the-second-secret"]
    assert answer["callback_secret_old"] == {"set": False, "last4": "", "updated_at": None}
    assert answer["callback_sha1"] is False
