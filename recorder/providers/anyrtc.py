"""anyRTC: the same paths, bodies and errors; what differs is here. One host, no fail-over."""

from typing import Any

from recorder.contract.states import Mode, Operation
from recorder.providers import answers
from recorder.providers.endpoints import Body, Endpoints
from recorder.providers.errors import unsupported
from recorder.providers.values import Started


class AnyrtcClient(Endpoints):
    """Reads answers with and without the envelope: programs in the field have met both."""

    def start(
        self, resource_id: str, mode: Mode, cname: str, uid: str, client_request: Body
    ) -> Started:
        """As everywhere, but web pages are not recorded here."""
        if mode is Mode.WEB:
            raise unsupported(self.credentials.provider, Operation.START)
        return super().start(resource_id, mode, cname, uid, client_request)

    def _unwrap(self, status: int, answer: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """`{"Code": 200, "Body": {…}}`: Code stands for the HTTP status, Body for the answer."""
        inner = answers.integer(answer.get("Code"))
        if inner is None or not 100 <= inner <= 599:
            return status, answer
        body = answer.get("Body")
        return inner, body if isinstance(body, dict) else {"message": body or answer.get("Msg")}
