"""The page of each row, where a list starts web recordings.

What all rows share is in their clientRequest; a row may name a page of its own, which takes the
place of the one in there. An address may carry a key, so it is sealed as a request is.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from recorder.contract.paths import value_at
from recorder.contract.rules.web import WEB_RECORDER
from recorder.lifecycle.bulk_list import Row
from recorder.lifecycle.sealed import sealed

_SERVICES = "extensionServiceConfig.extensionServices"


def page_of(client_request: Mapping[str, Any]) -> str:
    """The address that all rows share; empty where they share none."""
    for service in _recorders(client_request):
        address = value_at(service, "serviceParam.url")
        if isinstance(address, str):
            return address
    return ""


def with_page(client_request: Mapping[str, Any], address: str) -> Mapping[str, Any]:
    """The same with this page, where there is a web recorder in it. Empty: as it was."""
    if not address:
        return client_request
    made = deepcopy(dict(client_request))
    for service in _recorders(made):
        param = service.setdefault("serviceParam", {})
        if isinstance(param, dict):
            param["url"] = address
    return made


def sealed_pages(rows: Sequence[Row]) -> tuple[dict[str, Any], dict[str, object]]:
    """The rows' own pages by their numbers, as a recipe keeps them, and the secrets in them."""
    pages = {str(row.number): {"url": row.url} for row in rows if row.url}
    return sealed(pages, "rows")


def _recorders(client_request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    services = value_at(client_request, _SERVICES)
    for service in services if isinstance(services, list) else ():
        if isinstance(service, dict) and service.get("serviceName") == WEB_RECORDER:
            yield service
