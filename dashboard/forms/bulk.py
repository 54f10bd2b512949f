"""Many starts at once, and many stops: which channels, and what they have in common."""

import secrets
from collections.abc import Collection, Sequence
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dashboard.forms.places import WholeNumber, form_field
from dashboard.forms.start_fields import KEY
from dashboard.forms.start_web import PARAM, SERVICES, URL, WEB_RECORDER
from recorder.contract.parameters import fields_of
from recorder.contract.parameters.web import WebRecorderService
from recorder.contract.states import Mode, ProviderName
from recorder.lifecycle.bulk_list import (
    MOST,
    BadList,
    Row,
    decoded,
    refuse_bad,
    rows_of_text,
    told,
)
from recorder.lifecycle.requests import InvalidRequest, StartRequest
from recorder.models import Layout, Project, RecordingSession, StorageConfig, User

_MODES = [
    (Mode.MIX.value, _("Mix")),
    (Mode.INDIVIDUAL.value, _("Individual")),
    (Mode.WEB.value, _("Web page")),
]
# What a web recording cannot do without, by its place in the request.
_PAGE = {
    f"{SERVICES}.0.{place.pattern}": place
    for place in fields_of(WebRecorderService)
    if place.about.basic
}
_SHOWN = 20  # problems of a list; who has more has one cause


class Channels(forms.Form):
    """A list that was typed, or one from a file. `page_names`: the fields for web pages only."""

    page_names: Collection[str] = ()

    channels = forms.CharField(
        label=_("Channels"),
        required=False,
        strip=False,
        help_text=_(
            "One a line; after a comma the recorder's uid, if it is to be a certain one. At most"
            " 1,000."
        ),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
    )
    file = forms.FileField(
        label=_("Or a CSV file"),
        required=False,
        help_text=_(
            "With the columns cname and uid, in UTF-8, up to 256 kB. It takes the place of what is"
            " typed above."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )

    def rows_in(self, cleaned: dict[str, Any], mode: Mode = Mode.MIX) -> list[Row]:
        """Raises BadList."""
        given: UploadedFile | None = cleaned.get("file")
        if given is None:
            return rows_of_text(cleaned.get("channels") or "", mode)
        text = decoded(given.read())
        mended = cast(QueryDict, self.data).copy()
        mended["channels"] = text  # a browser forgets the file; what was in it can be mended
        self.data = mended
        return rows_of_text(text, mode)

    def show(self, error: BadList) -> None:
        for problem in error.problems[:_SHOWN]:
            self.add_error("channels", told(problem))
        if (more := len(error.problems) - _SHOWN) > 0:
            self.add_error("channels", str(_("And %(count)s more.")) % {"count": more})


def offer(form: forms.Form, name: str, rows: Any) -> None:
    """Let one of these rows be chosen; the only one is chosen already."""
    field = form.fields[name]
    field.queryset = rows  # type: ignore[attr-defined]
    if field.required and rows.count() == 1:
        form.initial.setdefault(name, rows.first().pk)


class BulkStartForm(Channels):
    page_names = tuple(_PAGE)

    key = forms.RegexField(regex=KEY, widget=forms.HiddenInput)
    project = forms.ModelChoiceField(label=_("Project"), queryset=Project.objects.none())
    storage_config = forms.ModelChoiceField(
        label=_("Storage"), queryset=StorageConfig.objects.none()
    )
    mode = forms.ChoiceField(label=_("Mode"), choices=_MODES, initial=Mode.MIX.value)
    layout = forms.ModelChoiceField(
        label=_("Layout"),
        queryset=Layout.objects.none(),
        required=False,
        empty_label=_("The service's own"),
        help_text=_("For mix recordings."),
    )
    max_minutes = WholeNumber(
        label=_("Maximum length in minutes"),
        required=False,
        help_text=_("Each is stopped after so long. Empty: the project's limit, if it has one."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("A whole number is needed.")},
    )

    field_order = [
        "project",
        "storage_config",
        "mode",
        "layout",
        "max_minutes",
        *_PAGE,
        "channels",
        "file",
        "key",
    ]

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        kwargs.setdefault("initial", {"key": secrets.token_urlsafe(24)})
        super().__init__(*args, **kwargs)
        self._add_page()
        for name, model in (("project", Project), ("storage_config", StorageConfig)):
            rows = model.objects.visible_to(user).order_by("name")
            offer(self, name, rows)
        layouts = Layout.objects.visible_to(user).filter(archived_at=None).order_by("name")
        offer(self, "layout", layouts)
        self.rows: Sequence[Row] = ()

    def _add_page(self) -> None:
        asked = not self.is_bound or self.data.get("mode") == Mode.WEB.value
        for name, place in _PAGE.items():
            if field := form_field(place, required=asked and name != URL):
                self.fields[name] = field
        self.fields[URL].help_text = _("Of all rows that name none of their own.")
        self.fields[URL].widget.attrs |= {"class": "mono", "inputmode": "url"}
        self.fields["channels"].help_text = _(
            "One a line; after a comma the recorder's uid, if it is to be a certain one. For web"
            " pages: name, address of the page, uid. At most 1,000."
        )
        self.fields["file"].help_text = _(
            "With the columns cname and uid, for web pages url too, in UTF-8, up to 256 kB. It"
            " takes the place of what is typed above."
        )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        project = cleaned.get("project")
        if cleaned.get("layout") and cleaned.get("mode") != Mode.MIX.value:
            self.add_error("layout", _("Only a mix recording has a layout."))
        if cleaned.get("mode") != Mode.WEB.value:
            for name in _PAGE:  # not shown: what may be left in them is nobody's mistake
                self.errors.pop(name, None)
        if project is None or "mode" not in cleaned:
            return cleaned
        try:
            mode = Mode(cleaned["mode"])
            self.rows = self.rows_in(cleaned, mode)
            refuse_bad(self.rows, mode, ProviderName(project.provider), cleaned.get(URL) or "")
        except BadList as error:
            self.show(error)
        return cleaned

    def show_refused(self, error: InvalidRequest) -> None:
        """What the contract has against it, at its field where there is one."""
        for path, sentences in error.fields.items():
            for sentence in sentences:
                if path in self.fields:
                    self.add_error(path, sentence)
                else:
                    self.add_error(None, f"{path}: {sentence}")

    def request(self) -> StartRequest:
        layout = self.cleaned_data["layout"]
        return StartRequest(
            project=self.cleaned_data["project"],
            storage_config=self.cleaned_data["storage_config"],
            mode=Mode(self.cleaned_data["mode"]),
            cname="",
            layout_version=layout.latest if layout else None,
            client_request=self._of_page(),
            max_minutes=self.cleaned_data["max_minutes"],
        )

    def _of_page(self) -> dict[str, Any]:
        """The clientRequest of a web recording; of another mode, nothing."""
        if self.cleaned_data["mode"] != Mode.WEB.value:
            return {}
        given = {name: self.cleaned_data[name] for name in _PAGE}
        service = {
            "serviceName": WEB_RECORDER,
            "errorHandlePolicy": "error_abort",
            "serviceParam": {
                name.removeprefix(f"{PARAM}."): value
                for name, value in given.items()
                if value is not None
            },
        }
        config = {"errorHandlePolicy": "error_abort", "extensionServices": [service]}
        return {"extensionServiceConfig": config}


class BulkStopForm(Channels):
    """All that runs in a project, or only the channels named. Each channel with all its uids, where
    none is named."""

    key = forms.RegexField(regex=KEY, widget=forms.HiddenInput)
    project = forms.ModelChoiceField(label=_("Project"), queryset=Project.objects.none())
    everything = forms.BooleanField(label=_("Everything that runs in this project"), required=False)

    field_order = ["project", "everything", "channels", "file", "key"]

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        kwargs.setdefault("initial", {"key": secrets.token_urlsafe(24)})
        super().__init__(*args, **kwargs)
        self._user = user
        offer(self, "project", Project.objects.visible_to(user).order_by("name"))
        self.sessions: list[RecordingSession] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if project := cleaned.get("project"):
            try:
                self.sessions = self._found(project, cleaned)
            except BadList as error:
                self.show(error)
        return cleaned

    def _found(self, project: Project, cleaned: dict[str, Any]) -> list[RecordingSession]:
        live = RecordingSession.objects.visible_to(self._user).live()
        running = list(live.filter(project=project, stop_requested_at=None).order_by("id"))
        if not cleaned.get("everything"):
            rows = self.rows_in(cleaned)
            wanted = {(row.cname, row.uid) for row in rows}
            running = [s for s in running if {(s.cname, s.uid), (s.cname, "")} & wanted]
            there = {s.cname for s in running}
            sentence = _("It does not run in this project.")
            missing = [row.wrong("", str(sentence)) for row in rows if row.cname not in there]
            if missing:
                raise BadList(missing)
        if not running and not self.errors:
            self.add_error(None, _("Nothing of this runs."))
        if len(running) > MOST:
            most = _("%(count)s recordings run. A list stops 1,000 at most: name the channels.")
            self.add_error(None, str(most) % {"count": len(running)})
        return running
