"""The whole body of every POST, per mode."""

from typing import Any

from recorder.contract.parameters.acquire import AcquireRequest
from recorder.contract.parameters.base import CHANNEL, Uid, WireModel, wire
from recorder.contract.parameters.layout import LayoutFields
from recorder.contract.parameters.start import StartIndividual, StartMix, StartWeb
from recorder.contract.parameters.update import StopRequest, UpdateChannel, UpdateWeb
from recorder.contract.words import ACQUIRE, QUICKSTART, REST_2021, START, _

_CLIENT_REQUEST = "common.client_request.required"
_CLIENT_REQUEST_SENTENCE = _("clientRequest is an object, even when it is empty.")


class Envelope(WireModel):
    """What every body carries: who records which channel. Both repeat the values of acquire."""

    cname: str = wire(
        "cname",
        rule="common.cname.required",
        sentence=_("The channel name is needed, as text."),
        label=_("Channel"),
        help=_("In web mode a label of your own."),
        section=CHANNEL,
        source=(START, ACQUIRE),
        basic=True,
    )
    uid: Uid = wire(
        "uid",
        rule="common.uid.string_of_integer",
        sentence=_("The recorder's uid is a whole number from 1 to 4294967295, as text."),
        label=_("Recorder uid"),
        help=_("Nobody else in the channel may have it."),
        section=CHANNEL,
        source=(START, QUICKSTART, ACQUIRE),
        basic=True,
    )


def _client_request(code: int | None = None) -> Any:
    return wire(
        "clientRequest",
        rule=_CLIENT_REQUEST,
        sentence=_CLIENT_REQUEST_SENTENCE,
        source=(QUICKSTART, REST_2021),
        code=code,
    )


class AcquireBody(Envelope):
    client_request: AcquireRequest = _client_request()


class StartIndividualBody(Envelope):
    client_request: StartIndividual = _client_request()


class StartMixBody(Envelope):
    client_request: StartMix = _client_request()


class StartWebBody(Envelope):
    client_request: StartWeb = _client_request()


class UpdateChannelBody(Envelope):
    client_request: UpdateChannel = _client_request()


class UpdateWebBody(Envelope):
    client_request: UpdateWeb = _client_request()


class UpdateLayoutBody(Envelope):
    """Everything that is not sent goes back to its default."""

    client_request: LayoutFields = _client_request(code=1028)


class StopBody(Envelope):
    client_request: StopRequest = _client_request()
