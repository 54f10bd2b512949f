"""What a person reads when a request cannot be served at all."""

from django.urls import reverse


def test_a_request_that_lacks_a_part_says_which_and_that_nothing_happened(signed_in):
    answer = signed_in.get(reverse("sessions_export"))

    html = answer.content.decode()
    assert answer.status_code == 400
    assert "Select 1 to 200 sessions." in html
    assert "Nothing was changed" in html


def test_what_was_only_suspicious_is_not_repeated(signed_in, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1

    answer = signed_in.post(reverse("sessions_bulk"), {"action": "stop", "session": ["1", "2"]})

    assert answer.status_code == 400
    assert "DATA_UPLOAD_MAX_NUMBER_FIELDS" not in answer.content.decode()
