import secrets
import string
from datetime import UTC, datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from recorder.contract.states import FINAL, LIVE, NEXT, Mode, Status, Upload
from recorder.errors import RecorderError
from recorder.models.secrets import SecretField
from recorder.models.visible import VisibleQuerySet

REFERENCE_LETTERS = string.ascii_lowercase + string.digits
# An ended recording whose files are not all known to be in the bucket.
UPLOAD_OPEN = frozenset({Upload.UPLOADING, Upload.UNKNOWN, Upload.BACKED_UP})

# Written out for the conditions of indexes, which a migration keeps as plain words.
_LIVE = sorted(status.value for status in LIVE)
_FINAL = sorted(status.value for status in FINAL)
_UPLOAD_OPEN = sorted(upload.value for upload in UPLOAD_OPEN)

LONGEST_LEASE = timedelta(minutes=5)
LONGEST_PLAN = timedelta(minutes=20)


class InvalidTransition(RecorderError):
    """The session is not in a state from which this move leads. Nothing was changed."""


class LostRace(InvalidTransition):
    """Somebody else moved this session first. Nothing was changed by this caller."""


def new_reference() -> str:
    return "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(12))


class Literal(Value):
    """One of our own words, written into the SQL: SQLite takes a partial index for a list of words
    only where it can compare them with the index's, and does not look into parameters for that.
    """

    def as_sql(self, compiler: object, connection: object) -> tuple[str, tuple[()]]:
        return f"'{self.value}'", ()


def among(words: list[str]) -> list[Literal]:
    return [Literal(word) for word in words]


class SessionQuerySet(VisibleQuerySet["RecordingSession"]):
    """Each named query is answered from a partial index, so that no page counts the whole table."""

    def live(self) -> Self:
        return self.filter(status__in=among(_LIVE))

    def recording_now(self) -> Self:
        # live() repeats the condition of its index; a database does not see that this implies it
        return self.live().filter(status__in=[Status.RECORDING, Status.RECOVERING])

    def needing_attention(self) -> Self:
        return self.filter(~Q(attention=""))

    def waiting_for_upload(self) -> Self:
        return self.filter(status__in=among(_FINAL), upload__in=among(_UPLOAD_OPEN))

    def recorded_since(self, begin: datetime) -> Self:
        return self.filter(recording_at__gte=begin)

    def matching(self, text: str) -> Self:
        """A part of a channel's name, the beginning of a sid, a whole reference or uid."""
        return self.filter(
            Q(cname__icontains=text) | Q(sid__startswith=text) | Q(reference=text) | Q(uid=text)
        )

    def for_board(self) -> Self:
        """What waits for a person first, by its reason; then the newest: an index of its own."""
        return self.order_by("-attention", "-id")

    def below(self, attention: str, pk: int) -> Self:
        """What stands on the board after the row with these two values."""
        if not attention:
            return self.filter(attention="", pk__lt=pk)
        return self.filter(Q(attention=attention, pk__lt=pk) | Q(attention__lt=attention))

    def unclaimed(self, now: datetime) -> Self:
        """Rows that nobody is working on. A lease that ends later than any lease can is from before
        the clock was put back."""
        taken = Q(lease_until__gt=now, lease_until__lte=now + LONGEST_LEASE)
        return self.exclude(taken)

    def due(self, now: datetime) -> Self:
        """Unclaimed rows that something must be done about: stops first, then the longest due.

        A live one is never planned as far ahead as LONGEST_PLAN: that is from before the clock was
        put back."""
        stranded = Q(next_check_at__gt=now + LONGEST_PLAN, status__in=among(_LIVE))
        return (
            self.unclaimed(now)
            .filter(Q(next_check_at__lte=now) | stranded)
            .order_by(F("stop_requested_at").asc(nulls_last=True), "next_check_at")
        )


class RecordingSession(models.Model):
    """One run of the recording service, from the wish to start to the uploaded files.

    `status` and `upload` are two facts with two columns (contract.states). `request` is the exact
    clientRequest of `start`, each secret in it replaced by {"secret": "<its path>"}; the values are
    in `secrets` (JSON, path to value) and are emptied when the session has ended. `storage`,
    `layout` and canvas are frozen copies: editing a configuration never rewrites history.
    """

    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    project = models.ForeignKey(
        "recorder.Project", on_delete=models.PROTECT, related_name="sessions"
    )
    storage_config = models.ForeignKey(
        "recorder.StorageConfig", on_delete=models.PROTECT, related_name="sessions"
    )
    mode = models.CharField(max_length=10, choices=[(m.value, m.value) for m in Mode])
    cname = models.CharField(max_length=1024)
    uid = models.CharField(max_length=48)
    status = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in Status],
        default=Status.REQUESTED.value,
    )
    upload = models.CharField(
        max_length=12, choices=[(u.value, u.value) for u in Upload], default=Upload.NONE.value
    )
    # Why a person should look (lifecycle.attention), empty when nothing is wrong; and the reason
    # that somebody has seen and put aside.
    attention = models.CharField(max_length=40, blank=True)
    acknowledged = models.CharField(max_length=40, blank=True)

    acquire_request = models.JSONField(default=dict)
    request = models.JSONField()
    secrets = SecretField()
    storage = models.JSONField()  # StorageConfig.frozen()
    canvas_width = models.PositiveIntegerField(null=True)
    canvas_height = models.PositiveIntegerField(null=True)
    layout = models.JSONField(null=True)  # in force now, in the service's field names
    layout_version = models.ForeignKey(
        "recorder.LayoutVersion", null=True, on_delete=models.PROTECT, related_name="sessions"
    )

    resource_id = models.TextField(blank=True)
    acquired_at = models.DateTimeField(null=True)
    sid = models.CharField(max_length=2048, blank=True, db_index=True)
    provider_status = models.IntegerField(null=True)  # contract.states.QUERY_STATUS, or newer
    playlist = models.CharField(max_length=1024, blank=True)
    slice_start_ms = models.BigIntegerField(null=True)
    failure = models.JSONField(null=True)  # {operation, http_status, code, text}

    # The start form's random key, or the API's Idempotency-Key; the hash is of what came with it.
    form_key = models.CharField(max_length=64, unique=True, null=True)
    request_hash = models.CharField(max_length=64, blank=True)
    requested_at = models.DateTimeField(default=timezone.now, db_index=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    start_sent_at = models.DateTimeField(null=True)
    # A start whose answer was lost: how often it has been repeated with its resource id, when an
    # answer proved that it runs or has run (7, 53), when a person asked for one more with a new
    # resource id, and the id that was sent before that one.
    repeats = models.PositiveSmallIntegerField(default=0)
    proven_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)
    former_resource_id = models.TextField(blank=True)
    # Minutes of recording after which we stop it ourselves; null: no limit of ours.
    max_minutes = models.PositiveIntegerField(null=True)
    started_at = models.DateTimeField(null=True)  # the sid was learned
    recording_at = models.DateTimeField(null=True)
    stop_requested_at = models.DateTimeField(null=True)
    stop_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    stop_sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # What the fold knows (lifecycle.observe): when the service last showed the session, when it
    # said that it was leaving, and the times of the 404s that still count (ISO 8601).
    observed_at = models.DateTimeField(null=True)
    leaving_at = models.DateTimeField(null=True)
    missing = models.JSONField(default=list)
    # From its notices: when one last showed it recording, the newest fail-over with the recorder's
    # uid since, the worst trouble reported {at, event_type, level, module, notes, text}, the
    # highest number, and when the newest of them arrived.
    alive_at = models.DateTimeField(null=True)
    failover_at = models.DateTimeField(null=True)
    recorder_uid = models.CharField(max_length=48, blank=True)
    trouble = models.JSONField(null=True)
    last_sequence = models.BigIntegerField(null=True)
    heard_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    # What to do next, and who is at it. `tries` counts what has failed in a row.
    next_check_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True)  # a notice gave a reason to query; cleared by answers
    checks = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    held = models.CharField(max_length=12, blank=True)  # "capacity": until another recording ends
    breaks = models.PositiveSmallIntegerField(
        default=0
    )  # mistakes of ours in a row: lifecycle.sick
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)
    version = models.PositiveBigIntegerField(default=0)  # +1 with every change but of the lease

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            # The service knows a task by App ID, channel and recorder uid: two at once cannot be.
            models.UniqueConstraint(
                fields=["project", "cname", "uid"],
                name="session_live_once",
                condition=Q(status__in=_LIVE),
            ),
        ]
        indexes = [
            models.Index(fields=["-id"], name="session_live", condition=Q(status__in=_LIVE)),
            models.Index(fields=["-id"], name="session_attention", condition=~Q(attention="")),
            models.Index(fields=["-attention", "-id"], name="session_board"),
            models.Index(
                fields=["-id"],
                name="session_upload_open",
                condition=Q(status__in=_FINAL, upload__in=_UPLOAD_OPEN),
            ),
            models.Index(
                fields=["recording_at"],
                name="session_recorded",
                condition=Q(recording_at__isnull=False),
            ),
            models.Index(
                fields=["next_check_at"],
                name="session_due",
                condition=Q(next_check_at__isnull=False),
            ),
            models.Index(fields=["cname", "-id"], name="session_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.cname}"

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def began_at(self) -> datetime | None:
        """When its sid was learned; where that was late, as the answer to `start` was lost, when
        its first slice began, but never before `start` was sent."""
        started, sent, first_ms = self.started_at, self.start_sent_at, self.slice_start_ms
        if not started or not sent or first_ms is None or first_ms >= started.timestamp() * 1000:
            return started
        return max(sent, datetime.fromtimestamp(first_ms / 1000, UTC))

    @property
    def recording_since(self) -> datetime | None:
        """From when its length counts, once it is known to have recorded."""
        return self.recording_at and (self.began_at or self.recording_at)

    @property
    def ends_by(self) -> datetime | None:
        """When we stop it ourselves; None without a limit, or before it was started."""
        begun = self.began_at
        return begun + timedelta(minutes=self.max_minutes) if begun and self.max_minutes else None

    @property
    def length(self) -> timedelta | None:
        """How long it has recorded, up to now or up to its end; None before it began."""
        if self.recording_since is None:
            return None
        return max((self.ended_at or timezone.now()) - self.recording_since, timedelta(0))

    def move_to(self, status: Status) -> None:
        """Take the next status, on a row that is locked (lifecycle.rows.changing).

        Of two callers racing for the same move, the second finds the first one's status and gets
        InvalidTransition.
        """
        if status not in NEXT[Status(self.status)]:
            raise InvalidTransition(
                _("A session that is %(old)s cannot become %(new)s.")
                % {"old": self.status, "new": status.value}
            )
        self.status = status.value
