import json

import pytest
from pydantic import ValidationError

from recorder.contract.bitrates import default_web_bitrate, recommended_bitrate
from recorder.contract.parameters import about, body_model, fields_of, unknown_paths
from recorder.contract.parameters.web import SERVICE_NAMES
from recorder.contract.paths import error_path, join, outwards, pattern_of, value_at
from recorder.contract.states import Mode, Operation
from recorder.contract.urls import is_url
from tests.recorder.contract.bodies import CLIENT_REQUESTS, MIX, START, UPDATE_LAYOUT, WEB, edited

BODIES = [(op, mode) for op in Operation if op is not Operation.QUERY for mode in Mode]


def test_query_has_no_body_model():
    with pytest.raises(ValueError, match="GET"):
        body_model(Operation.QUERY, Mode.MIX)


@pytest.mark.parametrize(("operation", "mode"), BODIES)
def test_every_field_says_what_a_form_needs(operation, mode):
    for field in fields_of(body_model(operation, mode)):
        assert field.about.sentence.endswith(".")
        assert field.about.rule
        assert field.about.source
        leaf = not any(
            other.pattern.startswith((f"{field.pattern}.", f"{field.pattern}[]"))
            for other in fields_of(body_model(operation, mode))
        )
        if leaf and field.about.name not in {"serviceName", "errorHandlePolicy", "apiVersion"}:
            assert field.about.label, field.pattern
            assert field.about.section or field.about.name in {"clientRequest"}, field.pattern


@pytest.mark.parametrize(("operation", "mode"), BODIES)
def test_every_default_is_a_value_the_field_itself_accepts(operation, mode):
    for field in fields_of(body_model(operation, mode)):
        if field.about.choices and field.default is not None:
            assert field.default in dict(field.about.choices), field.pattern


@pytest.mark.parametrize(("operation", "mode"), CLIENT_REQUESTS)
def test_a_request_goes_through_its_model_unchanged(operation, mode):
    body = edited(operation, mode, {"/trace": {"a": 1}, "storageConfig.future": [1]})

    model = body_model(operation, mode).model_validate(body)

    assert model.to_wire() == body
    assert model.model_extra == {"trace": {"a": 1}}


def test_models_are_frozen_and_hide_what_was_sent_when_it_is_wrong():
    body = edited(START, MIX, {"storageConfig.secretKey": "hunter2", "storageConfig.vendor": "x"})
    model = body_model(START, MIX)

    with pytest.raises(ValidationError) as caught:
        model.model_validate(body)

    assert "hunter2" not in str(caught.value)
    with pytest.raises(ValidationError):
        model.model_validate(edited(START, MIX, {})).cname = "other"


def test_python_names_are_not_names_of_the_wire():
    body = edited(START, MIX, {"recording_config": {}})

    assert list(unknown_paths(body_model(START, MIX), body)) == ["clientRequest.recording_config"]


@pytest.mark.parametrize(("operation", "mode"), BODIES)
def test_every_model_gives_a_json_schema_with_the_wire_names(operation, mode):
    schema = body_model(operation, mode).model_json_schema()

    assert set(schema["properties"]) == {"cname", "uid", "clientRequest"}
    assert json.loads(json.dumps(schema)) == schema


def test_the_same_layout_fields_stand_in_start_and_update_layout():
    def names(operation: Operation, root: str) -> set[str]:
        fields = fields_of(body_model(operation, MIX))
        return {f.pattern.removeprefix(root) for f in fields if f.pattern.startswith(root)}

    start = names(START, "clientRequest.recordingConfig.transcodingConfig.")
    update = names(UPDATE_LAYOUT, "clientRequest.")

    assert start - update == {"width", "height", "fps", "bitrate"}
    assert update <= start


def test_faults_in_services_are_found_at_their_wire_path():
    body = edited(
        START,
        WEB,
        {
            "extensionServiceConfig.extensionServices": [
                {"serviceName": "web_recorder_service", "serviceParam": {"url": 5}},
                {"serviceName": "x"},
                {},
            ]
        },
    )

    with pytest.raises(ValidationError) as caught:
        body_model(START, WEB).model_validate(body)

    root = "clientRequest.extensionServiceConfig.extensionServices"
    paths = {error_path(error, SERVICE_NAMES) for error in caught.value.errors()}
    assert {
        f"{root}.0.serviceParam.url",
        f"{root}.0.serviceParam.videoWidth",
        f"{root}.1.serviceName",
        f"{root}.2.serviceName",
    } <= paths


def test_paths_and_patterns():
    path = "clientRequest.layoutConfig.2.x_axis"

    assert pattern_of(path) == "clientRequest.layoutConfig[].x_axis"
    assert pattern_of("a.0.1") == "a[][]"
    assert list(outwards("a[].b")) == ["a[].b", "a[]", "a"]
    assert join("a", 0, "", "b") == "a.0.b"
    assert value_at({"a": [{"b": 5}]}, "a.0.b") == 5
    assert value_at({"a": [{"b": 5}]}, "a.1.b") is None
    assert value_at({"a": None}, "a.b") is None
    assert value_at(7, "") == 7


def test_a_field_without_description_is_a_fault_of_ours():
    class Field:
        json_schema_extra = None

    with pytest.raises(TypeError):
        about(Field())


@pytest.mark.parametrize(
    "text",
    [
        "http://x.com",
        "https://user@[::1]:8443/a?b=c#d",
        "HTTPS://EXAMPLE.COM/%20",
        "https://例え.jp/画像.jpg",
    ],
)
def test_an_address_has_scheme_and_host(text):
    assert is_url(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x.com",
        "//x.com",
        "http://",
        "http:///a",
        "ftp://x.com",
        "javascript:alert(1)",
        "http://x .com",
        "http://x.com/\n",
        "http://[::1",
        "http://x.com:99999",
        "http://x.com:0",
        'http://x.com/"onload=',
    ],
)
def test_what_is_no_address_is_refused(text):
    assert not is_url(text)


@pytest.mark.parametrize(
    ("size", "fps", "channel_type", "kbps"),
    [
        ((640, 360), 15, 0, 400),
        ((360, 640), 15, 0, 400),
        ((640, 360), 24, 0, 600),
        ((640, 360), 15, 1, 800),
        ((1280, 720), 30, 0, 1710),
        ((1920, 1080), 60, 0, 4780),
        ((1920, 1080), 60, 1, 6500),
        ((800, 600), 15, 0, 910),
        ((640, 360), 120, 0, None),
        ((4000, 3000), 15, 0, None),
    ],
)
def test_the_advised_bitrate_is_that_of_the_next_listed_picture(size, fps, channel_type, kbps):
    assert recommended_bitrate(*size, fps, channel_type) == kbps


def test_a_web_recording_chooses_its_bitrate_by_its_size():
    assert default_web_bitrate(1280, 720) == 2000
    assert default_web_bitrate(1279, 720) == 1500
