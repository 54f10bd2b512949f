"""Storage: the buckets that recordings are uploaded to, and whether they can be."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.forms.storage import (
    Folders,
    StorageForm,
    path_shown,
    region_name,
    vendor_name,
)
from dashboard.htmx import go, is_htmx, render_page, render_partial, render_refused
from dashboard.people import user_of
from dashboard.views.removal import remove
from recorder.contract.vendors import VENDORS
from recorder.models import StorageCheck, StorageConfig
from recorder.models.audit import record
from recorder.models.names import NameTaken, name_once
from recorder.storage import testing
from recorder.storage.access import cors_rule
from recorder.storage.check import LABELS

COLUMNS = [
    {"label": gettext_lazy("Storage")},
    {"label": gettext_lazy("Bucket")},
    {"label": gettext_lazy("Keys")},
    {"label": gettext_lazy("Test")},
    {"label": "", "css": "is-actions"},
]
_RESULTS = {
    StorageCheck.Outcome.PASSED: ("done", pgettext_lazy("test", "Passed")),
    StorageCheck.Outcome.FAILED: ("failed", pgettext_lazy("test", "Failed")),
    StorageCheck.Outcome.CANCELLED: ("idle", pgettext_lazy("test", "Cancelled")),
    StorageCheck.Outcome.BROKEN: ("warn", pgettext_lazy("test", "Broke off")),
}
_TONES = {"done": "done", "failed": "failed", "skipped": "idle"}


@require_safe
def storage(request: HttpRequest) -> HttpResponse:
    configs = list(StorageConfig.objects.visible_to(request.user))
    newest = {check.storage_config_id: check for check in StorageCheck.objects.newest()}
    rows = [
        {"config": config, **place_of(config), **_result(config, newest.get(config.pk))}
        for config in configs
    ]
    context = {"rows": rows, "columns": COLUMNS}
    return render_page(request, "storage/page.html", "storage/_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def storage_new(request: HttpRequest) -> HttpResponse:
    return _form(request, StorageConfig())


@require_http_methods(["GET", "HEAD", "POST"])
def storage_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _form(request, _found(request, pk))


def _form(request: HttpRequest, config: StorageConfig) -> HttpResponse:
    is_new, name = config.pk is None, config.name
    # Without scripts, a button asks for the fields of another vendor; nothing is judged yet.
    saving = request.method == "POST" and "refresh" not in request.POST
    form = StorageForm(
        request.POST if saving else None, initial=request.POST.dict(), instance=config
    )
    context = {"form": form, "config": config, "name": name, "is_new": is_new}
    context |= _path_of(form) | ({} if is_new else _check_context(config))
    if not saving:
        return render_page(request, "storage/form.html", "storage/_form.html", context)
    if not form.is_valid():
        return render_refused(request, "storage/form.html", "storage/_form.html", context)
    try:
        with name_once(config, config.name):
            form.save()
            verb = "storage.create" if is_new else "storage.update"
            record(verb, config, by=user_of(request), name=config.name, fields=form.changes())
    except NameTaken as error:
        form.refuse_name(str(error))
        return render_refused(request, "storage/form.html", "storage/_form.html", context)
    messages.success(request, _("“%(name)s” was saved. Test it next.") % {"name": config.name})
    return go(request, "storage_edit", config.pk)


@require_safe
def storage_vendor(request: HttpRequest) -> HttpResponse:
    """The fields that depend on the vendor, when another one is chosen."""
    form = StorageForm(initial={"vendor": request.GET.get("vendor", "")})
    return render(request, "storage/_vendor.html", {"form": form})


@require_safe
def storage_path(request: HttpRequest) -> HttpResponse:
    """The path that the typed folder makes. Takes no waiting toast: that belongs to a save."""
    folders = Folders().to_python(request.GET.get("file_name_prefix", ""))
    return render(request, "storage/_path.html", {"shown": path_shown(folders)})


@require_http_methods(["GET", "HEAD", "POST"])
def storage_check(request: HttpRequest, pk: int) -> HttpResponse:
    """POST begins a test and answers 202; the fragment then asks for itself until it has ended."""
    config = _found(request, pk)
    if request.method == "POST":
        testing.begin(config, by=user_of(request), origin=settings.PUBLIC_URL)
    if not is_htmx(request):
        return go(request, "storage_edit", pk)
    context = {"config": config, **_check_context(config)}
    status = 202 if request.method == "POST" else 200
    return render_partial(request, "storage/_check.html", context, status=status)


@require_POST
def storage_check_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    config = _found(request, pk)
    if newest := _newest(config):
        testing.cancel(newest)
    if not is_htmx(request):
        return go(request, "storage_edit", pk)
    context = {"config": config, **_check_context(config)}
    return render_partial(request, "storage/_check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def storage_delete(request: HttpRequest, pk: int) -> HttpResponse:
    config = _found(request, pk)
    return remove(
        request,
        config,
        noun="storage",
        title=_("Delete the storage “%(name)s”?") % {"name": config},
        text=_(
            "Its keys are deleted with it and cannot be brought back; the files in the bucket stay."
            " A storage that has been recorded to is not deleted."
        ),
        then="storage",
    )


def place_of(config: StorageConfig) -> dict[str, Any]:
    """Vendor and region by name; `region_code` where the number means something."""
    vendor = VENDORS.get(config.vendor)
    region = vendor.region(config.region) if vendor else None
    ignored = vendor is not None and vendor.region_ignored
    return {
        "vendor": vendor_name(vendor) if vendor else str(config.vendor),
        "region": "" if ignored or region is None else region_name(region),
        "region_code": None if ignored else config.region,
    }


def _path_of(form: StorageForm) -> dict[str, Any]:
    folders = Folders().to_python(form["file_name_prefix"].value())
    return {"shown": path_shown(folders)}


def _result(config: StorageConfig, check: StorageCheck | None) -> dict[str, Any]:
    """A test in a few words: tone, label, and what failed. One from before a change says so."""
    if check is None:
        return {"tone": "idle", "label": _("Not tested"), "check": None}
    ended = check.result
    if ended is None:
        return {"tone": "busy", "label": pgettext_lazy("test", "Testing"), "check": check}
    if check.started_at < config.changed_at:
        return {"tone": "idle", "label": _("Not tested since the last change"), "check": None}
    tone, label = _RESULTS[ended]
    return {"tone": tone, "label": label, "check": check}


def _newest(config: StorageConfig) -> StorageCheck | None:
    checks = StorageCheck.objects.filter(storage_config=config)
    return checks.select_related("started_by").first()


def _check_context(config: StorageConfig) -> dict[str, Any]:
    """For storage/_check.html: the newest test with all its steps, done or to come."""
    check = _newest(config)
    done = check.steps if check else []
    steps = [
        {**step, "label": LABELS[step["key"]], "tone": _TONES[step["outcome"]]} for step in done
    ]
    running = check is not None and check.running
    number = min(len(done) + 1, len(LABELS))
    return {
        "check": check,
        "result": _result(config, check),
        "steps": steps,
        "ahead": list(LABELS.values())[len(done) :] if running else [],
        "number": number,
        "total": len(LABELS),
        "now": list(LABELS.values())[number - 1],
        "cors": _cors(done),
        "in_use": config.sessions.exists(),
    }


def _cors(steps: Iterable[dict[str, Any]]) -> list[dict[str, object]] | None:
    """The rule to add to the bucket, where the test found that it lacks one."""
    missing = any(step.get("cors") for step in steps)
    return cors_rule(settings.PUBLIC_URL) if missing else None


def _found(request: HttpRequest, pk: int) -> StorageConfig:
    found: StorageConfig = get_object_or_404(StorageConfig.objects.visible_to(request.user), pk=pk)
    return found
