"""Importing layouts: a file or a text, looked at first, then those that are wanted added."""

from dataclasses import dataclass

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.json_bodies import told
from dashboard.layout_saving import NAME_LENGTH, clean_tags
from recorder.api.parsers import BadJSON, read_json
from recorder.contract.layout_documents import whole_wire
from recorder.contract.layout_files import Found, NoLayout, only_layouts, read_layouts
from recorder.contract.layouts import Layout as Picture
from recorder.contract.layouts import layout_from_wire
from recorder.models import Layout

LARGEST = 1_000_000  # bytes


@dataclass(slots=True)
class Row:
    """One layout of a file, as the page shows it. `error`: why its name cannot be given."""

    at: int
    found: Found
    name: str
    taken: bool
    picture: Picture | None
    problems: list[dict[str, str]]  # as json_bodies.told gives them
    error: str = ""

    @property
    def told(self) -> list[dict[str, str]]:
        """What keeps it from being added, and what would be lost; its looks are judged later."""
        return [
            problem
            for problem in self.problems
            if problem["severity"] == "error" or problem["rule"] == "layout.regions_left_out"
        ]

    @property
    def tags(self) -> list[str]:
        try:
            return clean_tags(",".join(self.found.tags))
        except ValueError:
            return []


class ImportForm(forms.Form):
    """What was chosen or pasted. After `is_valid()` its layouts are in `rows`."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json,application/json,text/plain"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": "10", "class": "mono", "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    rows: list[Row]

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        self.rows = []
        file, text = cleaned.get("file"), cleaned.get("text") or ""
        if isinstance(file, UploadedFile):
            if file.size and file.size > LARGEST:
                self.add_error("file", _("This file is larger than one megabyte."))
                return cleaned
            raw, stem = file.read(), (file.name or "").rpartition(".")[0]
        elif text.strip():
            raw, stem = text.encode("utf-8", "replace"), ""
        else:
            self.add_error("file", _("Choose a file, or paste its text below."))
            return cleaned
        where = "file" if file else "text"
        try:
            self.rows = _rows(read_layouts(read_json(raw)), stem)
        except BadJSON as error:
            self.add_error(where, str(error))
        except NoLayout as error:
            sentence = _(str(error))
            self.add_error(where, f"{error.path}: {sentence}" if error.path else sentence)
        # A start request holds secrets; they do not go on to the next page.
        cleaned["text"] = only_layouts(row.found for row in self.rows)
        return cleaned

    def take(self, posted: QueryDict) -> list[Row]:
        """The rows that were chosen, under the names that were typed; each error at its row."""
        chosen = []
        given: set[str] = set()
        for row in self.rows:
            row.name = posted.get(f"name-{row.at}", row.name).strip()
            if not row.found.is_sound or f"take-{row.at}" not in posted:
                continue
            if not row.name or len(row.name) > NAME_LENGTH:
                row.error = _("A name has 1 to %(count)s letters.") % {"count": NAME_LENGTH}
            elif row.name in given or Layout.objects.filter(name=row.name).exists():
                row.error = _("There is a layout of this name, perhaps an archived one.")
            given.add(row.name)
            chosen.append(row)
        return chosen


def _rows(layouts: tuple[Found, ...], stem: str) -> list[Row]:
    """Each under its own name, or a free one like it."""
    taken = set(Layout.objects.values_list("name", flat=True))
    rows = []
    for at, found in enumerate(layouts):
        wanted = (found.name or stem or _("Imported layout"))[:NAME_LENGTH]
        name = _free(wanted, taken)
        taken.add(name)
        picture = layout_from_wire(whole_wire(found.wire)) if found.is_sound else None
        rows.append(Row(at, found, name, name != wanted, picture, told(found.problems)))
    return rows


def _free(name: str, taken: set[str]) -> str:
    numbered = (f"{name[: NAME_LENGTH - 6]} ({n})" for n in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbered if each not in taken)
