"""Where recordings go: the form of a storage, with what its vendor asks for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dashboard.forms.secrets import SecretForm
from recorder.contract.files import PREFIX_LIMIT, prefix_path
from recorder.contract.parameters import about
from recorder.contract.parameters.storage import StorageExtension
from recorder.contract.problems import Problem, errors
from recorder.contract.rules import check
from recorder.contract.states import Mode, Operation
from recorder.contract.vendors import VENDORS, Vendor, VendorRegion
from recorder.models import StorageConfig

# A session's reference, as it may look: what {session} in a folder becomes.
SESSION, EXAMPLE = "{session}", "k3v9x0q2m7ab"
EXTENSIONS = ("endpoint", "sse", "tag")
_AT = "clientRequest.storageConfig."
_FIELDS = {
    "vendor": "vendor",
    "region": "region",
    "bucket": "bucket",
    "accessKey": "access_key",
    "secretKey": "secret_key",
    "fileNamePrefix": "file_name_prefix",
    "extensionParams": "extension_endpoint",
    **{f"extensionParams.{name}": f"extension_{name}" for name in EXTENSIONS},
}
_MONO = {"autocomplete": "off", "spellcheck": "false", "class": "mono"}


class Folders(forms.Field):
    """ "a/b" is the list ["a", "b"]."""

    widget = forms.TextInput

    def to_python(self, value: object) -> list[str]:
        if isinstance(value, list):
            return value
        return [part.strip() for part in str(value or "").split("/") if part.strip()]

    def prepare_value(self, value: object) -> object:
        return "/".join(map(str, value)) if isinstance(value, list) else value

    def has_changed(self, initial: object, data: object) -> bool:
        return self.to_python(initial) != self.to_python(data)


class NoRegion(forms.Field):
    """For vendors to whom the number means nothing."""

    widget = forms.HiddenInput

    def clean(self, value: object) -> int:
        return 0


class StorageForm(SecretForm):
    file_name_prefix = Folders(
        label=gettext_lazy("Folder"),
        required=False,
        widget=forms.TextInput(attrs={**_MONO, "placeholder": "recordings/{session}"}),
        help_text=gettext_lazy(
            "Names of letters and digits with slashes between them. {session} gives each"
            " recording a folder of its own."
        ),
    )

    needed = ("secret_key",)
    secret_hints = {
        "secret_key": gettext_lazy("The provider writes with this pair of keys."),
        "read_secret_key": gettext_lazy("Belongs to the access key for reading."),
    }

    class Meta:
        model = StorageConfig
        fields = [
            "name",
            "vendor",
            "region",
            "bucket",
            "access_key",
            "file_name_prefix",
            "endpoint_url",
            "delivery",
            "read_access_key",
        ]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "bucket": forms.TextInput(attrs=_MONO),
            "access_key": forms.TextInput(attrs=_MONO),
            "read_access_key": forms.TextInput(attrs=_MONO),
            "endpoint_url": forms.TextInput(
                attrs={**_MONO, "inputmode": "url", "placeholder": "https://"}
            ),
            "delivery": forms.RadioSelect,
        }
        help_texts = {
            "bucket": gettext_lazy("Its name alone, without the vendor's domain."),
            "access_key": gettext_lazy("A pair of keys that may only write is enough here."),
            "read_access_key": gettext_lazy(
                "For listing and playing, if the keys above may only write."
            ),
            "endpoint_url": gettext_lazy(
                "Where we read the files, if not at the vendor's own address."
            ),
        }
        labels = {"endpoint_url": gettext_lazy("Address for reading")}
        error_messages = {"name": {"unique": gettext_lazy("There is a storage of this name.")}}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        by_name = [(vendor.code, vendor_name(vendor)) for vendor in sorted_vendors()]
        self.fields["vendor"].choices = by_name  # type: ignore[attr-defined]
        self.chosen = self._chosen_vendor()
        if self.instance.pk is None and "region" not in (kwargs.get("initial") or {}):
            self.initial["region"] = ""  # chosen, never taken for granted
        self.fields["region"] = self._region_field()
        for name in EXTENSIONS:
            self._add_extension(name)

    def _chosen_vendor(self) -> Vendor:
        code = str(self["vendor"].value())
        known = {str(vendor.code): vendor for vendor in VENDORS.values()}
        return known.get(code, sorted_vendors()[0])

    def _region_field(self) -> forms.Field:
        if self.chosen.region_ignored:
            return NoRegion()
        return forms.TypedChoiceField(
            label=_("Region"),
            choices=self._regions(),
            coerce=int,
            error_messages={"invalid_choice": _("This vendor has no such region. Choose again.")},
            help_text=_("The closer to the recording servers, the safer the upload."),
        )

    def _regions(self) -> list[tuple[Any, str]]:
        """What may be chosen, and what is stored although it should not be."""
        stored = self.instance.region if self.instance.pk else None
        offered = [r for r in self.chosen.regions if r.usable or r.code == stored]
        return [("", "–"), *((region.code, region_choice(region)) for region in offered)]

    def _add_extension(self, name: str) -> None:
        said = about(StorageExtension.model_fields[name])
        field: forms.Field = forms.CharField(
            label=_(said.label),
            help_text=_(said.help),
            required=False,
            widget=forms.TextInput(attrs=_MONO),
            initial=(self.instance.extension_params or {}).get(name, ""),
        )
        if said.choices:
            choices = [("", _("As the vendor does")), *((v, _(text)) for v, text in said.choices)]
            field = forms.ChoiceField(
                label=field.label,
                help_text=field.help_text,
                required=False,
                choices=choices,
                initial=field.initial,
            )
        if name == "endpoint" and self.chosen.endpoint_required:
            field.required = True
            field.error_messages["required"] = _(said.sentence)
        self.fields[f"extension_{name}"] = field

    @property
    def extension_fields(self) -> list[forms.BoundField]:
        """The extra fields that the chosen vendor has."""
        has = {
            "endpoint": self.chosen.endpoint_required,
            "sse": self.chosen.supports_sse,
            "tag": self.chosen.supports_tag,
        }
        return [self[f"extension_{name}"] for name in EXTENSIONS if has[name]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        shown = {field.name for field in self.extension_fields}
        given = {name: cleaned.get(f"extension_{name}") for name in EXTENSIONS}
        kept = {
            name: value
            for name, value in (self.instance.extension_params or {}).items()
            if name not in EXTENSIONS
        }
        self.instance.extension_params = kept | {
            name: value for name, value in given.items() if value and f"extension_{name}" in shown
        }
        return cleaned

    def _post_clean(self) -> None:
        """The model's own rules, then the recording service's; one sentence for a field."""
        super()._post_clean()  # type: ignore[misc]  # where Django lets a form add to this
        for problem in errors(self._service_problems()):
            field = _FIELDS.get(problem.path.removeprefix(_AT), "")
            if field in self.fields and not self.errors.get(field):
                self.add_error(field, problem.text(_))

    def _update_errors(self, errors: ValidationError) -> None:
        """The model knows one field of extension parameters, the form has one for each."""
        found = getattr(errors, "error_dict", {})
        found.pop("extension_params", None)  # each of its fields has its own sentence
        super()._update_errors(errors)  # type: ignore[misc]

    def _service_problems(self) -> list[Problem]:
        row = self.instance
        storage = {
            "vendor": row.vendor,
            "region": row.region,
            "bucket": row.bucket,
            "accessKey": row.access_key,
            "secretKey": "given" if row.secret_key else "",
            "fileNamePrefix": [part.replace(SESSION, EXAMPLE) for part in row.file_name_prefix],
            "extensionParams": row.extension_params,
        }
        body = {"cname": "a", "uid": "1", "clientRequest": {"storageConfig": storage}}
        found = check(Operation.START, Mode.MIX, body)
        return [problem for problem in found if problem.path.startswith(_AT)]


def sorted_vendors() -> list[Vendor]:
    """Those of the present reference first, each half by name."""
    return sorted(VENDORS.values(), key=lambda v: (not v.in_start_reference, v.name.lower()))


def vendor_name(vendor: Vendor) -> str:
    return vendor.name_zh if _in_chinese() else vendor.name


def region_name(region: VendorRegion) -> str:
    return region.name_zh if _in_chinese() else region.label


def region_choice(region: VendorRegion) -> str:
    """The name, and the number the service knows it by."""
    return f"{region_name(region)} · {region.code}"


def _in_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def path_shown(folders: list[str]) -> dict[str, Any]:
    """For the line under the folder field: the path of a recording's playlist, and its length."""
    path = prefix_path(part.replace(SESSION, EXAMPLE) for part in folders)
    return {
        "path": path,
        "length": len(path),
        "limit": PREFIX_LIMIT,
        "file": "<sid>_<channel>.m3u8",
    }
