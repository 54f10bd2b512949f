"""Every field of acquire, start, update, updateLayout and stop, as pydantic models.

Strict and frozen; snake_case attributes, the service's names as aliases; unknown keys kept. What a
form says about a field is in `about(Model.model_fields[name])`. The rules between fields are in
`rules`, and `rules.check` runs both.
"""

from recorder.contract.parameters.base import (
    ALL_STREAMS,
    About,
    WireModel,
    about,
    uid_fault,
)
from recorder.contract.parameters.bodies import (
    AcquireBody,
    StartIndividualBody,
    StartMixBody,
    StartWebBody,
    StopBody,
    UpdateChannelBody,
    UpdateLayoutBody,
    UpdateWebBody,
)
from recorder.contract.parameters.layout import LayoutFields, TranscodingConfig
from recorder.contract.parameters.storage import StorageConfig
from recorder.contract.parameters.walk import Field, fields_of, unknown_paths
from recorder.contract.states import Mode, Operation

__all__ = [
    "ALL_STREAMS",
    "About",
    "Field",
    "LayoutFields",
    "StorageConfig",
    "TranscodingConfig",
    "WireModel",
    "about",
    "body_model",
    "fields_of",
    "uid_fault",
    "unknown_paths",
]

_BODIES: dict[tuple[Operation, Mode], type[WireModel]] = {
    **{(Operation.ACQUIRE, mode): AcquireBody for mode in Mode},
    **{(Operation.STOP, mode): StopBody for mode in Mode},
    **{(Operation.UPDATE_LAYOUT, mode): UpdateLayoutBody for mode in Mode},
    (Operation.START, Mode.INDIVIDUAL): StartIndividualBody,
    (Operation.START, Mode.MIX): StartMixBody,
    (Operation.START, Mode.WEB): StartWebBody,
    (Operation.UPDATE, Mode.INDIVIDUAL): UpdateChannelBody,
    (Operation.UPDATE, Mode.MIX): UpdateChannelBody,
    (Operation.UPDATE, Mode.WEB): UpdateWebBody,
}


def body_model(operation: Operation, mode: Mode) -> type[WireModel]:
    """The model of a whole body {cname, uid, clientRequest}. ValueError for query: it has none."""
    if operation is Operation.QUERY:
        raise ValueError("query is a GET and has no body")
    return _BODIES[operation, mode]
