"""Starting a web recording: a page as a browser at the service shows it."""

from django.utils.translation import gettext as _

from dashboard.forms.flat import Body
from dashboard.forms.start import StartForm
from dashboard.forms.start_fields import FILE_TYPES, ROOT
from recorder.contract.parameters import Field, WireModel
from recorder.contract.parameters.web import WebRecorderService
from recorder.contract.states import Mode

EXTENSION = f"{ROOT}.extensionServiceConfig"
SERVICES = f"{EXTENSION}.extensionServices"
PARAM = f"{SERVICES}.0.serviceParam"
URL = f"{PARAM}.url"
WEB_RECORDER = "web_recorder_service"


class WebForm(StartForm):
    shows = Mode.WEB
    # Each has one value only, which `complete` writes.
    elsewhere = (StartForm.elsewhere - {EXTENSION}) | {
        f"{EXTENSION}.errorHandlePolicy",
        f"{EXTENSION}.apiVersion",
        f"{SERVICES}[].serviceName",
        f"{SERVICES}[].errorHandlePolicy",
    }

    def prepare(self) -> None:
        self.fields[FILE_TYPES].initial = ["hls"]
        self.fields[URL].widget.attrs |= {"class": "mono", "inputmode": "url"}
        self.fields["cname"].label = _("Name")
        self.fields["cname"].error_messages["required"] = _(
            "The recording needs a name; the service takes it for the channel."
        )

    def picks(self, place: Field) -> type[WireModel] | None:
        return WebRecorderService if place.pattern == SERVICES else None

    def complete(self, body: Body) -> Body:
        config = body.setdefault(ROOT, {}).setdefault("extensionServiceConfig", {})
        service: Body = next(iter(config.get("extensionServices", [])), {})
        service.setdefault("serviceParam", {})
        named = {"serviceName": WEB_RECORDER, "errorHandlePolicy": "error_abort"}
        config |= {
            "errorHandlePolicy": "error_abort",
            "extensionServices": [named | service],
        }
        return super().complete(body)
