"""Storage vendors and their regions, by the numbers the service uses. The rows are vendors.json.

A new vendor or region is a new row there. Numbers and names: Agora Cloud Recording REST API, start,
and Agora's region and vendor table; S3 endpoints: each vendor's own tables (`endpoint_source`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

# Where the bucket goes in an S3 address: the host name, the path, or either.
Addressing = Literal["virtual", "path", "any"]


@dataclass(frozen=True, slots=True)
class VendorRegion:
    """One region of a vendor. `endpoint` is a host name without scheme."""

    code: int
    name: str  # as the recording service spells it
    label: str
    name_zh: str
    vendor_region_id: str | None  # the vendor's own id, for signing
    endpoint: str | None
    usable: bool  # False: accepted by the service, but never to be offered
    verified: bool  # False: id or endpoint are inferred, not published
    in_start_reference: bool  # False: in older or newer documents only
    note: str


@dataclass(frozen=True, slots=True)
class Vendor:
    code: int
    name: str
    name_zh: str
    region_ignored: bool  # any region number, or none, does
    addressing: Addressing | None  # None: no S3 interface
    s3_compatible: bool
    endpoint_required: bool  # extensionParams.endpoint must name the host
    supports_sse: bool
    supports_tag: bool
    supports_sts: bool
    in_start_reference: bool
    native_endpoint: str | None  # template, where there is no S3 interface
    endpoint_source: str
    note: str
    regions: tuple[VendorRegion, ...]

    def region(self, code: int | None) -> VendorRegion | None:
        """The region of that number; the only one where the number has no effect."""
        if self.region_ignored:
            return self.regions[0]
        return next((region for region in self.regions if region.code == code), None)


def _load(text: str) -> Mapping[int, Vendor]:
    rows: list[dict[str, Any]] = json.loads(text)["vendors"]
    vendors = (
        Vendor(**{**row, "regions": tuple(VendorRegion(**region) for region in row["regions"])})
        for row in rows
    )
    return {vendor.code: vendor for vendor in vendors}


VENDORS: Mapping[int, Vendor] = _load(
    Path(__file__).with_name("vendors.json").read_text(encoding="utf-8")
)


def endpoint_for(vendor: int, region: int | None) -> str | None:
    """The https URL of the vendor's S3 interface in a region.

    None where there is no S3 interface, where the host is the bucket owner's own (vendor 11), and
    for numbers nobody documented.
    """
    row = VENDORS.get(vendor)
    place = row.region(region) if row else None
    return f"https://{place.endpoint}" if place and place.endpoint else None
