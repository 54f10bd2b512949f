"""The builder of forms from the contract."""

import pytest
from django.http import QueryDict

from dashboard.forms.contract import ContractForm
from dashboard.forms.flat import positions, rearranged
from recorder.contract.states import Mode, Operation

RECORDING = "clientRequest.recordingConfig"
PICTURE = f"{RECORDING}.transcodingConfig"


class StartForm(ContractForm):
    def takes(self, place):
        return place.about.name != "storageConfig"

    def complete(self, body):
        storage = {"vendor": 6, "bucket": "b", "accessKey": "a", "secretKey": "s"}
        return body | {"clientRequest": body.get("clientRequest", {}) | {"storageConfig": storage}}


def posted(**fields):
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def start(mode=Mode.MIX, **fields):
    whole = {"cname": "room", "uid": "17", f"{RECORDING}.streamTypes": "2"} | fields
    return StartForm(posted(**whole), operation=Operation.START, mode=mode)


def layout(**fields):
    envelope = {"cname": "room", "uid": "17", "clientRequest.backgroundColor": "#000000"}
    data = posted(**(envelope | fields))
    return ContractForm(data, operation=Operation.UPDATE_LAYOUT, mode=Mode.MIX)


def region(position, **values):
    whole = {"x_axis": "0", "y_axis": "0", "width": "1", "height": "1", "alpha": "1"} | values
    at = f"clientRequest.layoutConfig.{position}"
    return {f"{at}.{name}": value for name, value in whole.items()} | {f"{at}.render_mode": "0"}


def custom(*regions):
    fields = {"clientRequest.mixedVideoLayout": "3"}
    for each in regions:
        fields |= each
    return fields


def test_every_field_is_named_by_its_place_in_the_request():
    form = start()

    assert f"{PICTURE}.width" in form.fields
    assert form[f"{RECORDING}.maxIdleTime"].id_for_label == f"id_{RECORDING}.maxIdleTime"
    assert form.fields[f"{RECORDING}.maxIdleTime"].unit == "s"
    assert not any("storageConfig" in name for name in form.fields)


def test_a_body_holds_the_basic_fields_and_what_differs_from_the_default():
    form = start(**{f"{RECORDING}.maxIdleTime": "30", f"{RECORDING}.videoStreamType": "1"})

    assert form.is_valid(), form.errors
    recording = form.body["clientRequest"]["recordingConfig"]
    assert recording == {"streamTypes": 2, "maxIdleTime": 30, "videoStreamType": 1}


def test_an_object_that_may_be_left_out_is_not_asked_for():
    form = start()

    assert not form.fields[f"{PICTURE}.width"].required
    assert form.is_valid()
    assert "transcodingConfig" not in form.body["clientRequest"]["recordingConfig"]


def test_a_part_of_an_object_is_missed_by_the_rules_at_its_own_place():
    form = start(**{f"{PICTURE}.width": "1280", f"{PICTURE}.height": "720"})

    assert not form.is_valid()
    assert f"{PICTURE}.fps" in form.errors


@pytest.mark.parametrize("text", ["٣٠", "1_000", "+5", "30.0", "3e1", "thirty", "NaN", "9" * 400])
def test_a_number_is_plain_digits(text):
    form = start(**{f"{RECORDING}.maxIdleTime": text})

    assert not form.is_valid()
    assert form.errors[f"{RECORDING}.maxIdleTime"] == [
        "Idle time is a whole number of seconds from 5 to 2592000."
    ]


def test_a_number_out_of_range_says_the_same_as_one_that_is_none():
    form = start(**{f"{RECORDING}.maxIdleTime": "4"})

    assert form.errors[f"{RECORDING}.maxIdleTime"] == [
        "Idle time is a whole number of seconds from 5 to 2592000."
    ]


def test_a_choice_outside_the_list_is_refused_in_the_contracts_words():
    form = start(**{f"{RECORDING}.streamTypes": "7"})

    assert form.errors[f"{RECORDING}.streamTypes"] == [
        "Streams are audio only (0), video only (1) or both (2)."
    ]


def test_spaces_around_a_channel_name_count_and_around_a_uid_do_not():
    form = start(cname=" room ", uid=" 17 ")

    assert form.is_valid(), form.errors
    assert (form.body["cname"], form.body["uid"]) == (" room ", "17")


def test_lists_of_uids_are_read_however_they_are_separated():
    form = start(
        **{
            f"{RECORDING}.subscribeAudioUids": "1, 2\n3;4",
            f"{RECORDING}.subscribeVideoUids": "1 2 3 4",
        }
    )

    assert form.is_valid(), form.errors
    recording = form.body["clientRequest"]["recordingConfig"]
    assert (
        recording["subscribeAudioUids"] == recording["subscribeVideoUids"] == ["1", "2", "3", "4"]
    )


def test_a_problem_inside_a_list_of_texts_is_shown_at_the_list():
    form = start(
        **{f"{RECORDING}.subscribeAudioUids": "1, x", f"{RECORDING}.subscribeVideoUids": "1"}
    )

    assert f"{RECORDING}.subscribeAudioUids" in form.errors


def test_several_choices_may_be_ticked():
    field = "clientRequest.recordingFileConfig.avFileType"
    form = start(**{field: ["hls", "mp4"]})

    assert form.is_valid(), form.errors
    assert form.body["clientRequest"]["recordingFileConfig"] == {"avFileType": ["hls", "mp4"]}


def test_warnings_are_listed_and_do_not_stop_the_form():
    form = start(
        **{
            f"{PICTURE}.{name}": value
            for name, value in {
                "width": "1280",
                "height": "720",
                "fps": "20",
                "bitrate": "1000",
            }.items()
        }
    )

    assert form.is_valid(), form.errors
    assert [line["severity"] for line in form.listed()] == ["warning"]
    assert form.listed()[0]["href"] == f"#id_{PICTURE}.fps"


def test_sections_count_what_was_changed_under_more_settings():
    form = start(**{f"{RECORDING}.videoStreamType": "1", f"{RECORDING}.maxIdleTime": "60"})
    streams = next(section for section in form.sections() if section.name == "Streams")
    limits = next(section for section in form.sections() if section.name == "Limits")

    assert streams.changed == 1
    assert [field.name for field in limits.basic] == [f"{RECORDING}.maxIdleTime"]
    assert limits.changed == 0


def test_a_form_shows_a_request_of_old():
    body = {
        "cname": "room",
        "clientRequest": {
            "mixedVideoLayout": 3,
            "layoutConfig": [
                {"x_axis": 0.36, "y_axis": 1e-06, "width": 0.5, "height": 1.0},
                {"uid": "7", "x_axis": 0.0, "y_axis": 0.0, "width": 0.333333, "height": 0.5},
            ],
        },
    }

    form = ContractForm(operation=Operation.UPDATE_LAYOUT, mode=Mode.MIX, body=body)

    first, second = form.rows("clientRequest.layoutConfig")
    assert [first.fields[name].value() for name in ("x_axis", "y_axis", "height", "alpha")] == [
        "0.36",
        "0.000001",
        "1",
        "1",
    ]
    assert second.fields["uid"].value() == "7"
    assert second.fields["width"].value() == "0.333333"


def test_a_list_of_objects_has_fields_for_each_position():
    form = layout(**custom(region(0, width="0.5"), region(1, x_axis="0.5", width="0.5", uid="9")))

    assert form.is_valid(), form.errors
    assert form.body["clientRequest"]["layoutConfig"] == [
        {"x_axis": 0.0, "y_axis": 0.0, "width": 0.5, "height": 1.0},
        {"x_axis": 0.5, "y_axis": 0.0, "width": 0.5, "height": 1.0, "uid": "9"},
    ]


@pytest.mark.parametrize("text", ["NaN", "1e309", "-0.1", "1.1", "0.1234567", "inf", "half", "٠"])
def test_a_fraction_is_refused_at_its_own_field(text):
    form = layout(**custom(region(0), region(1, x_axis=text)))

    assert list(form.errors) == ["clientRequest.layoutConfig.1.x_axis"]


def test_a_decimal_comma_is_named_as_what_it_is():
    form = layout(**custom(region(0, width="0,5")))

    assert form.errors["clientRequest.layoutConfig.0.width"] == [
        "Write the fraction with a point, as in 0.5."
    ]


def test_a_region_over_the_edge_is_an_error_of_its_size():
    form = layout(**custom(region(0, x_axis="0.6", width="0.5")))

    assert list(form.errors) == ["clientRequest.layoutConfig.0.width"]
    assert form.listed()[0]["message"].startswith("Regions 1, Width: ")


def test_errors_are_listed_as_they_stand_on_the_page():
    form = layout(**custom(region(0, alpha="x"), region(1, x_axis="x", uid="x")))

    assert [line["message"].partition(":")[0] for line in form.listed()] == [
        "Regions 1, Opacity",
        "Regions 2, User",
        "Regions 2, Left",
    ]


def test_an_error_of_the_list_is_shown_at_the_list():
    form = layout(**custom(*(region(k) for k in range(18))))

    assert not form.is_valid()
    at_the_list = form.problems_at("clientRequest.layoutConfig")
    assert [problem.severity for problem in at_the_list] == ["error"]
    assert form.listed()[0]["href"] == "#id_clientRequest.layoutConfig"


def test_an_empty_row_keeps_its_place_among_the_others():
    empty = dict.fromkeys(region(0), "")
    form = layout(**custom(empty, region(1, height="2")))

    assert {name for name in form.errors if ".1." in name} == {
        "clientRequest.layoutConfig.1.height"
    }
    assert "clientRequest.layoutConfig.0.x_axis" in form.errors


def test_rows_are_reordered_dropped_and_counted_from_zero_again():
    data = posted(**region(2, x_axis="0.2"), **region(5, x_axis="0.5"), name="Mine")
    path = "clientRequest.layoutConfig"
    assert positions(data, path) == [2, 5]

    swapped = rearranged(data, path, [5, 2])
    one = rearranged(data, path, [5])

    assert swapped[f"{path}.0.x_axis"] == "0.5"
    assert swapped[f"{path}.1.x_axis"] == "0.2"
    assert positions(one, path) == [0]
    assert one["name"] == "Mine"


def test_secrets_are_not_written_back_into_the_page():
    form = start(**{f"{RECORDING}.secret": "k-e-y", f"{RECORDING}.decryptionMode": "99"})

    assert not form.is_valid()
    assert "k-e-y" not in str(form)
