"""A session's line to its provider: the client for its project, and the calls heard on it."""

import logging
from dataclasses import asdict

from django.db import DatabaseError, transaction

from recorder.contract.states import Mode, Operation, ProviderName
from recorder.lifecycle.breaker import Breaker
from recorder.models import AccountSlots, Project, ProviderCall, RecordingSession
from recorder.providers.client import (
    AgoraClient,
    AnyrtcClient,
    CallRecord,
    Credentials,
    Handle,
    client_for,
)
from recorder.providers.hosts import base_urls_for
from recorder.providers.pacing import Pacer

log = logging.getLogger(__name__)

# Seconds a call may wait for its account's turn before the row is left to be due again. A stop's
# turn comes next, so it waits for other stops only.
PATIENCE = 6.0


class Line:
    """Made for one piece of work. Calls are kept with the commit that follows them."""

    client: AgoraClient | AnyrtcClient

    def __init__(self, session: RecordingSession, *, patience: float = PATIENCE):
        self.heard: list[CallRecord] = []
        self._breaker = Breaker(session.project)
        self._pacer = pacer_of(session.project, patience)
        self.client = client_for(
            credentials_of(session.project), on_call=self._hear, pace=self._turn
        )

    def _turn(self, operation: Operation) -> None:
        """Raises Paced."""
        self._breaker.let_through(operation)
        self._pacer(operation)

    def _hear(self, record: CallRecord) -> None:
        self.heard.append(record)
        self._breaker.hear(record)

    def keep(self, session: RecordingSession) -> None:
        """Store what was heard. What the call has taught us must not be lost over this."""
        heard, self.heard[:] = list(self.heard), []
        if not heard:
            return
        try:
            with transaction.atomic():
                ProviderCall.objects.bulk_create(
                    call_row(record, session.project_id, session) for record in heard
                )
        except DatabaseError:
            log.exception(
                "Calls of session %s could not be kept: %s",
                session.reference,
                ", ".join(f"{record.operation} {record.http_status}" for record in heard),
            )


def call_row(
    record: CallRecord, project_id: int, session: RecordingSession | None = None
) -> ProviderCall:
    """`session` is None for a call that belongs to the project alone, as a check is."""
    values = asdict(record) | {"operation": record.operation.value, "outcome": record.outcome.value}
    return ProviderCall(session=session, project_id=project_id, **values)


def handle_of(session: RecordingSession) -> Handle:
    return Handle(
        resource_id=session.resource_id,
        sid=session.sid,
        cname=session.cname,
        uid=session.uid,
        mode=Mode(session.mode),
    )


def credentials_of(project: Project) -> Credentials:
    """Raises MalformedCredential or UnreadableSecret: nothing can be sent for this project."""
    provider = ProviderName(project.provider)
    return Credentials(
        provider=provider,
        base_urls=base_urls_for(provider, project.area, project.base_url),
        app_id=project.app_id,
        customer_id=project.customer_id,
        customer_secret=project.customer_secret.reveal(),
    )


def pacer_of(project: Project, patience: float = PATIENCE) -> Pacer:
    """The pace of the account, shared with every project and process that uses it."""
    account = (project.provider, project.customer_id)
    return Pacer(
        AccountSlots(*account),
        project.requests_per_second,
        max_wait=patience,
        queries=AccountSlots(*account, "next_query_us"),
    )
