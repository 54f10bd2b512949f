"""The menu: its pages, in their fixed order."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Page:
    """One menu entry. `name` is its URL name and icon; in `section` are its inner pages."""

    name: str
    label: Promise
    section: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as one person sees it now."""

    name: str
    label: Promise
    url: str
    current: str  # value of aria-current: "page" on it, "true" on a page inside it, "" elsewhere


PAGES = (
    Page("sessions", _("Sessions"), "/sessions/"),
    Page("start", _("Start"), "/start/"),
    Page("recordings", _("Recordings"), "/recordings/"),
    Page("layouts", _("Layouts"), "/layouts/"),
    Page("storage", _("Storage"), "/storage/"),
    Page("callbacks", _("Callbacks"), "/callbacks/"),
    Page("projects", _("Projects"), "/projects/"),
    Page("audit", _("Audit"), "/audit/"),
    Page("settings", _("Settings"), "/settings/"),
)


def entries(path: str) -> list[Entry]:
    """The pages that exist: one without an address in dashboard/urls.py is not in the menu yet."""
    found = []
    for page in PAGES:
        try:
            url = reverse(page.name)
        except NoReverseMatch:
            continue
        inside = "true" if path.startswith(page.section) else ""
        found.append(Entry(page.name, page.label, url, "page" if path == url else inside))
    return found
