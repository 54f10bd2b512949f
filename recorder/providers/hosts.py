"""Where the services live, and where a call may be repeated.

Sources: Agora Cloud Recording REST API, "Switch domain names"; anyRTC cloud recording quick start
(2021) and API reference (2023).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from recorder.contract.states import ProviderName
from recorder.contract.words import _
from recorder.providers.errors import MalformedCredential

GLOBAL = "global"


@dataclass(frozen=True, slots=True)
class Area:
    """Host prefixes of an area and the domains they stand under, each in order of preference."""

    label: str
    prefixes: tuple[str, ...]
    domains: tuple[str, ...]


_FROM_ABROAD, _FROM_CHINA = ("agora.io", "sd-rtn.com"), ("sd-rtn.com", "agora.io")
AREAS: Mapping[str, Area] = {
    GLOBAL: Area(_("Global"), ("api",), _FROM_ABROAD),
    "us": Area(_("United States"), ("api-us-west-1", "api-us-east-1"), _FROM_ABROAD),
    "eu": Area(_("Europe"), ("api-eu-west-1", "api-eu-central-1"), _FROM_ABROAD),
    "ap": Area(_("Asia-Pacific"), ("api-ap-southeast-1", "api-ap-northeast-1"), _FROM_ABROAD),
    "cn": Area(_("Mainland China"), ("api-cn-east-1", "api-cn-north-1"), _FROM_CHINA),
}
ANYRTC_URLS = (
    "https://www.anyrtc.io",
    "https://api.agrtc.cn",
)  # both documented; the first is older

REPEAT_WAITS = (1.0, 3.0, 6.0)  # seconds before the first, second and third repeat


def base_urls_for(
    provider: ProviderName, area: str = GLOBAL, base_url: str = ""
) -> tuple[str, ...]:
    """The addresses for `Credentials.base_urls`. A `base_url` of one's own replaces all others.

    For Agora: the first host, the same under its other domain, the neighbouring region's.
    """
    if base_url:
        return (base_url.rstrip("/"),)
    if provider is ProviderName.SANDBOX:
        raise MalformedCredential(_("A sandbox project needs the address of its sandbox."))
    if provider is ProviderName.ANYRTC:
        return ANYRTC_URLS[:1]  # anyRTC documents no fail-over, so the other is not a second try
    if area not in AREAS:
        raise MalformedCredential(_("The area is none of those the provider has."))
    (prefix, *neighbours), domains = AREAS[area].prefixes, AREAS[area].domains
    near = tuple(f"https://{prefix}.{domain}" for domain in domains)
    return near + tuple(f"https://{neighbour}.{domains[0]}" for neighbour in neighbours)


def repeat_order(base_urls: tuple[str, ...], *, resolved: bool) -> tuple[str, ...]:
    """Where to repeat a call that the first address did not answer: there again, then elsewhere.

    Where the name was found (`resolved`), another name for the same region leads to the same
    trouble and is left out, unless there is nothing else.
    """
    first, *others = base_urls
    if resolved:
        others = [url for url in others if _region(url) != _region(first)] or others
    return (first, *others)


def _region(url: str) -> str:
    return (urlsplit(url).hostname or "").partition(".")[0]


def base_url_problem(url: str) -> str | None:
    """A sentence where `url` is no fit address for a provider: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return _("The provider's address is not a valid URL.")
    if parts.scheme not in {"http", "https"} or not host:
        return _("The provider's address must begin with https:// and name a host.")
    if parts.username is not None or parts.password is not None:
        return _("The provider's address must not contain a user name or password.")
    if parts.query or parts.fragment:
        return _("The provider's address must not contain a query or a fragment.")
    if parts.scheme == "http" and not is_loopback(url):
        return _("The provider's address must use https, unless it is on this machine.")
    return None


def is_loopback(url: str) -> bool:
    """Whether the address stays on this machine, so that credentials may travel in the clear."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
