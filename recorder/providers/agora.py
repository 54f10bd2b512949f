"""Agora: the service as its reference describes it, and its second addresses."""

import time

from recorder.contract.states import Operation
from recorder.providers.endpoints import Call, Endpoints, Result
from recorder.providers.errors import Paced, ProviderError, ProviderUnavailable, ProviderUnreachable
from recorder.providers.hosts import REPEAT_WAITS, repeat_order
from recorder.providers.transport import NotSent

# Everything but start may be sent twice: an acquire costs nothing, a query asks, both updates
# replace as a whole, and a second stop is told that the first came through.
REPEATABLE = frozenset(Operation) - {Operation.START}
_PATIENCE = 15.0  # seconds after the first attempt began in which a repeat may still begin


class AgoraClient(Endpoints):
    """Repeats a call that got no answer at the next of `Credentials.base_urls`."""

    def _call(self, call: Call[Result]) -> Result:
        began = time.monotonic()
        try:
            return super()._call(call)
        except (ProviderUnreachable, ProviderUnavailable) as failure:
            several = len(self.credentials.base_urls) > 1
            if failure.status is not None or call.operation not in REPEATABLE or not several:
                raise
            return self._repeat(call, failure, began)

    def _repeat(self, call: Call[Result], failure: ProviderError, began: float) -> Result:
        """The same call elsewhere. An attempt that may have come through is never forgotten over a
        later one that certainly did not."""
        cause = failure.__cause__
        resolved = cause.resolved if isinstance(cause, NotSent) else True
        hosts = repeat_order(self.credentials.base_urls, resolved=resolved)
        for base_url, wait in zip(hosts, REPEAT_WAITS, strict=False):
            if time.monotonic() + wait > began + _PATIENCE:
                break
            self._sleep(wait)
            try:
                return self._attempt(base_url, call)
            except Paced:
                break
            except (ProviderUnreachable, ProviderUnavailable) as error:
                if error.status is not None:
                    raise
                if isinstance(error, ProviderUnavailable):
                    failure = error
        raise failure
