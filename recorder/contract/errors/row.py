"""The shape of one row of the error table."""

from dataclasses import dataclass
from enum import StrEnum

from recorder.contract.states import Operation, ProviderName


class Certainty(StrEnum):
    """What a caller may conclude about the call."""

    REFUSED = "refused"  # nothing happened
    UNKNOWN = "unknown"  # it may have happened
    ALREADY = "already"  # it had happened before
    DONE = "done"  # it did happen, although the answer is no plain success


class Retry(StrEnum):
    """Whether the call may be sent once more. `NO` is false, every other value true."""

    NO = ""
    SAME = "same"  # the same call, after `delays`
    LATER = "later"  # the same call, once there is room again
    ACQUIRE = "acquire"  # with a fresh resource id


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One row of the table. None in `provider`, `http`, `code`, `text`: any.

    `text` is a part of the gateway's message, in lower case. `delays` are seconds before each
    repetition that `retry` allows; empty means the caller's own back-off.
    """

    provider: ProviderName | None
    operation: Operation | None
    http: int | None
    code: int | None
    text: str | None
    name: str
    meaning: str
    consequence: str
    remedy: str
    certainty: Certainty
    retry: Retry
    delays: tuple[int, ...] = ()
    source: str = ""

    def fits(
        self,
        provider: ProviderName,
        operation: Operation,
        http: int | None,
        code: int | None,
        text: str,
    ) -> bool:
        return (
            self.provider in {None, provider}
            and self.operation in {None, operation}
            and self.http in {None, http}
            and self.code in {None, code}
            and (self.text is None or self.text in text)
        )

    @property
    def weight(self) -> int:
        """How specific the row is: the error's own number or words first, the provider last."""
        parts = (self.provider, self.operation, self.http, self.code, self.text)
        return sum(
            worth for worth, part in zip((1, 2, 4, 8, 16), parts, strict=True) if part is not None
        )
