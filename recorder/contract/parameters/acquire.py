"""What acquire takes."""

from typing import Any

from recorder.contract.parameters.base import CHANNEL, LIMITS, WireModel, wire
from recorder.contract.words import ACQUIRE, REST_2021, SDK_GO, SDK_PYTHON, START, _


class AcquireRequest(WireModel):
    scene: int = wire(
        "scene",
        0,
        rule="acquire.scene.enum",
        sentence=_("The scene is 0 (real time), 1 (web page) or 2 (postponed transcoding)."),
        label=_("Scene"),
        section=CHANNEL,
        source=(ACQUIRE, SDK_PYTHON),
        choices={
            0: _("Real time"),
            1: _("Web page"),
            2: _("Individual, with postponed transcoding"),
        },
    )
    resource_expired_hour: int = wire(
        "resourceExpiredHour",
        72,
        rule="acquire.resourceExpiredHour.range",
        sentence=_("The time for control calls is a whole number of hours from 1 to 720."),
        label=_("Control for"),
        help=_(
            "For this long the recording can be queried, changed and stopped. It does not end the"
            " recording itself."
        ),
        section=LIMITS,
        source=(REST_2021, ACQUIRE),
        unit="h",
        ge=1,
        le=720,
    )
    exclude_resource_ids: list[str] | None = wire(
        "excludeResourceIds",
        None,
        rule="acquire.excludeResourceIds.type",
        sentence=_("The resource ids to keep away from are a list of texts."),
        label=_("Keep away from"),
        help=_("Resource ids of recordings this one should not share a region with."),
        section=LIMITS,
        source=(ACQUIRE, SDK_PYTHON),
    )
    region: str | None = wire(
        "region",
        None,
        rule="acquire.region.enum",
        sentence=_("The recorder's area is CN, AP, EU or NA."),
        label=_("Area of the recorder"),
        help=_("The bucket must lie in the same area."),
        section=LIMITS,
        source=(ACQUIRE, START),
        choices={
            "CN": _("Mainland China"),
            "AP": _("Asia without mainland China"),
            "EU": _("Europe"),
            "NA": _("North America"),
        },
    )
    region_affinity: int = wire(
        "regionAffinity",
        0,
        rule="acquire.regionAffinity.enum",
        sentence=_("The preferred area is a number from 0 (nearest) to 4."),
        label=_("Preferred area"),
        section=LIMITS,
        source=(SDK_PYTHON, SDK_GO),
        choices={
            0: _("Nearest"),
            1: _("China"),
            2: _("Southeast Asia"),
            3: _("Europe"),
            4: _("North America"),
        },
    )
    # Any value: what is wrong in it fails the start, not the acquire.
    start_parameter: Any = wire(
        "startParameter",
        None,
        rule="acquire.startParameter.same_as_start",
        sentence=_("The copy of the start request should be what start will send."),
        label=_("Start request"),
        section=LIMITS,
        source=(ACQUIRE,),
    )
