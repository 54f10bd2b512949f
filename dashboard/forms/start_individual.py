"""Starting an individual recording: each user apart, as files, as screenshots, or both."""

from django import forms
from django.utils.translation import gettext_lazy

from dashboard.forms.flat import Body
from dashboard.forms.start import StartForm
from dashboard.forms.start_fields import ROOT
from recorder.contract.parameters.base import FILES, SNAPSHOTS
from recorder.contract.states import Mode

RECORDINGS, BOTH, SCREENSHOTS = "recordings", "both", "screenshots"
_SNAPSHOTS = f"{ROOT}.snapshotConfig"
INTERVAL = f"{_SNAPSHOTS}.captureInterval"
GROUP = f"{ROOT}.recordingConfig.subscribeUidGroup"
UP_TO_17 = 3  # as many as a mix shows; too small a group would leave users out
_POSTPONED = f"{ROOT}.appsCollection.combinationPolicy"


class IndividualForm(StartForm):
    shows = Mode.INDIVIDUAL
    # Which files are made is one choice here; the service tells it by which objects are there.
    elsewhere = StartForm.elsewhere | {f"{ROOT}.recordingFileConfig", f"{_SNAPSHOTS}.fileType"}
    seen_at = {
        **StartForm.seen_at,
        f"{ROOT}.recordingFileConfig": "makes",
        f"{_SNAPSHOTS}.fileType": "makes",
    }
    own = {**StartForm.own, FILES: ("makes",), SNAPSHOTS: ()}
    often = (_POSTPONED,)

    makes = forms.ChoiceField(
        label=gettext_lazy("Makes"),
        choices=[
            (RECORDINGS, gettext_lazy("Recordings (HLS)")),
            (BOTH, gettext_lazy("Recordings and screenshots")),
            (SCREENSHOTS, gettext_lazy("Screenshots alone (JPG)")),
        ],
        initial=RECORDINGS,
        error_messages={"invalid_choice": gettext_lazy("Choose what is to be made.")},
    )

    def prepare(self) -> None:
        self.fields[INTERVAL].required = True
        group = self.fields[GROUP]
        group.required, group.initial = True, UP_TO_17
        group.choices = [choice for choice in group.choices if choice[0] != ""]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        if self.makes_chosen == RECORDINGS:
            self.errors.pop(INTERVAL, None)
        return super().clean()

    @property
    def makes_chosen(self) -> str:
        return str(self.cleaned_data.get("makes", RECORDINGS))

    def complete(self, body: Body) -> Body:
        request = body.setdefault(ROOT, {})
        interval = request.pop("snapshotConfig", {}).get("captureInterval")
        if self.makes_chosen != SCREENSHOTS:
            request["recordingFileConfig"] = {"avFileType": ["hls"]}
        if self.makes_chosen != RECORDINGS:
            interval = interval or self.cleaned_data.get(INTERVAL)
            request["snapshotConfig"] = {"captureInterval": interval, "fileType": ["jpg"]}
        if "appsCollection" not in request:
            request.pop("transcodeOptions", None)  # of use after a postponed recording only
        return super().complete(body)
