"""Rules of storageConfig, for start (found after the answer) and update (refused at once) alike."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from recorder.contract.files import PREFIX_LIMIT, prefix_path
from recorder.contract.rules.rule import Also, Rule, View, advised, refused, when
from recorder.contract.states import Mode, Operation, ProviderName
from recorder.contract.vendors import VENDORS, Vendor
from recorder.contract.words import ANYRTC, FAQ, QUICKSTART, START, _

ROOT = "clientRequest.storageConfig"
STS_LIFE_S = 4 * 3600
_ANYRTC_VENDORS = frozenset({0, 1, 2, 3})


@dataclass(frozen=True, slots=True)
class Place:
    operation: Operation
    deferred: bool


PLACES = (Place(Operation.START, True), Place(Operation.UPDATE, False))


def _vendor(view: View) -> Vendor | None:
    code = view.number("vendor")
    return None if code is None else VENDORS.get(code)


def _bad_region(view: View) -> bool:
    vendor = _vendor(view)
    if vendor is None or vendor.region_ignored:
        return False
    return not view.has("region") or (
        view.number("region") is not None and vendor.region(view.number("region")) is None
    )


def _long_prefix(view: View) -> bool:
    parts = [part for part in view.items("fileNamePrefix") if isinstance(part, str)]
    return len(prefix_path(parts)) > PREFIX_LIMIT


def _only_where(name: str, supported: Callable[[Vendor], bool]) -> Callable[[View], bool]:
    """Whether a field is given for a vendor that does not have it."""

    def broken(view: View) -> bool:
        vendor = _vendor(view)
        return vendor is not None and view.has(name) and not supported(vendor)

    return broken


def _endpoint(view: View) -> bool:
    vendor = _vendor(view)
    return vendor is not None and vendor.endpoint_required != view.has("extensionParams.endpoint")


def _sts(view: View) -> Iterable[str]:
    vendor = _vendor(view)
    for name in ("stsToken", "stsExpiration"):
        if vendor is not None and view.has(name) and not vendor.supports_sts:
            yield name
    expires, now = view.number("stsExpiration"), view.facts.now
    if expires is not None and now is not None and expires < now + STS_LIFE_S:
        yield "stsExpiration"


def _missing(view: View) -> bool:
    """Needed, except beside Alibaba Cloud VoD, which individual mode alone can use."""
    services = view.at("clientRequest.extensionServiceConfig").each("extensionServices")
    vod = any(service.text("serviceName") == "aliyun_vod_service" for service in services)
    excused = vod and view.facts.mode is Mode.INDIVIDUAL
    return not view.has(ROOT) and not excused


def _unknown_to_anyrtc(view: View) -> bool:
    vendor = view.number("vendor")
    anyrtc = view.facts.provider is ProviderName.ANYRTC
    return anyrtc and vendor in VENDORS and vendor not in _ANYRTC_VENDORS


def _place_also(place: Place) -> tuple[Also, ...]:
    at = f"{place.operation.value}.storage"
    tag = _only_where("extensionParams.tag", lambda vendor: vendor.supports_tag)
    sse = _only_where("extensionParams.sse", lambda vendor: vendor.supports_sse)
    return (
        Also(f"{at}.region", ROOT, when("region", _bad_region)),
        Also(f"{at}.sse", ROOT, when("extensionParams.sse", sse)),
        Also(f"{at}.tag", ROOT, when("extensionParams.tag", tag)),
        Also(f"{at}.endpoint", ROOT, when("extensionParams.endpoint", _endpoint)),
        Also(f"{at}.sts", ROOT, _sts),
    )


def _place_rules(place: Place) -> tuple[Rule, ...]:
    return (
        refused(
            f"{place.operation.value}.storage.prefix.length",
            "fileNamePrefix",
            _("The folders, joined with slashes and ended with one, have at most 128 characters."),
            (START,),
            when("fileNamePrefix", _long_prefix),
            deferred=place.deferred,
            operations=frozenset({place.operation}),
            root=ROOT,
        ),
        advised(
            f"anyrtc.{place.operation.value}.storage.vendor",
            "vendor",
            _("anyRTC documents Qiniu, Amazon, Alibaba and Tencent storage only."),
            (ANYRTC,),
            when("vendor", _unknown_to_anyrtc),
            operations=frozenset({place.operation}),
            root=ROOT,
        ),
    )


RULES: tuple[Rule, ...] = (
    *(rule for place in PLACES for rule in _place_rules(place)),
    advised(
        "start.storage.bad_keys_async",
        ROOT,
        _(
            "Wrong keys or a wrong bucket show only after the start: an error notice comes, the"
            " recording ends by itself, and a query answers 404."
        ),
        (QUICKSTART, FAQ),
        severity="info",
    ),
)

ALSO: tuple[Also, ...] = (
    *(also for place in PLACES for also in _place_also(place)),
    Also("start.storage.required", "", when(ROOT, _missing)),
)
