import re
from datetime import datetime, timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from recorder.contract.states import ProviderName
from recorder.models.secrets import Secret, SecretField
from recorder.models.visible import VisibleQuerySet
from recorder.providers.hosts import base_url_problem

MOST_MINUTES = 30 * 24 * 60
LONGEST_PAUSE = timedelta(minutes=5)  # much longer than lifecycle.breaker pauses one for
_APP_ID = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)  # a part of every path


class Area(models.TextChoices):
    """Which of the provider's hosts a project calls; not the region of a storage vendor."""

    GLOBAL = "global", _("Any area")
    US = "us", _("United States")
    EU = "eu", _("Europe")
    AP = "ap", _("Asia Pacific")
    CN = "cn", _("China")


class ProjectQuerySet(VisibleQuerySet["Project"]):
    def paused(self, now: datetime) -> Self:
        """Those to which nothing is sent now but a probe. A pause that ends later than any can is
        from before the clock was put back."""
        return self.filter(paused_until__gt=now, paused_until__lte=now + LONGEST_PAUSE)

    def in_trouble(self) -> Self:
        """Those to which nothing is sent at the moment, because too many calls went unanswered."""
        return self.filter(paused_until__isnull=False, failing_since__isnull=False)


class Project(models.Model):
    """One App ID with its REST credentials, at Agora, anyRTC or the sandbox."""

    PROVIDERS = [
        (ProviderName.AGORA.value, "Agora"),
        (ProviderName.ANYRTC.value, "anyRTC"),
        (ProviderName.SANDBOX.value, _("Sandbox")),
    ]

    name = models.CharField(_("name"), max_length=80, unique=True)
    provider = models.CharField(_("provider"), max_length=10, choices=PROVIDERS)
    area = models.CharField(_("area"), max_length=10, choices=Area, default=Area.GLOBAL)
    base_url = models.CharField(
        _("address"), max_length=200, blank=True, help_text=_("Empty: the provider's own hosts.")
    )
    app_id = models.CharField(_("App ID"), max_length=64)
    customer_id = models.CharField(_("customer ID"), max_length=128)
    customer_secret = SecretField(_("customer secret"))
    app_certificate = SecretField(_("App Certificate"))
    callback_secret = SecretField(_("callback secret"))
    # Accepted beside it while the two sides change over.
    callback_secret_old = SecretField(_("previous callback secret"))
    callback_sha1 = models.BooleanField(_("accept SHA-1 signatures"), default=False)
    requests_per_second = models.PositiveSmallIntegerField(_("requests per second"), default=10)
    max_minutes = models.PositiveIntegerField(
        _("maximum length in minutes"),
        null=True,
        blank=True,
        help_text=_("A recording is stopped after so long. Empty: only its own end stops it."),
    )
    # Calls without an answer in a row, since when, and until when nothing more is sent because of
    # them (lifecycle.breaker).
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    paused_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ProjectQuerySet.as_manager()

    SECRETS = ("customer_secret", "app_certificate", "callback_secret", "callback_secret_old")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def callback_secrets(self) -> list[str]:
        """All that a callback may be signed with now. Raises UnreadableSecret."""
        both = (self.callback_secret, self.callback_secret_old)
        return [secret.reveal() for secret in both if secret]

    def change_over(self, before: Secret) -> None:
        """Go on accepting the callback secret that was replaced by a new one, until it is removed:
        the two sides never change in the same moment."""
        if before and self.callback_secret and self.callback_secret != before:
            self.callback_secret_old = before

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Its credential checks go with it. ProtectedError, and nothing changed, where sessions or
        their calls point at it."""
        with transaction.atomic():
            self.calls.filter(session=None).delete()
            return super().delete(*args, **kwargs)

    def clean(self) -> None:
        """The rules that forms and API share. Each field with a sentence of its own."""
        problems: dict[str, Any] = {}
        if not _APP_ID.fullmatch(self.app_id or ""):
            problems["app_id"] = _("An App ID is made of letters a-z, A-Z, digits, _ and -.")
        # Basic authentication ends the id at its first colon, and knows no other letters.
        if not re.fullmatch(r"[!-9;-~]+", self.customer_id or "", re.ASCII):
            problems["customer_id"] = _("A customer ID has no spaces, colons or accented letters.")
        if self.base_url and (problem := base_url_problem(self.base_url)):
            problems["base_url"] = gettext(problem)
        if not self.base_url and self.provider == ProviderName.SANDBOX:
            problems["base_url"] = _("A sandbox project needs the address of its sandbox.")
        if self.requests_per_second is not None and not 1 <= self.requests_per_second <= 1000:
            problems["requests_per_second"] = _("The pace is 1 to 1000 requests per second.")
        if self.max_minutes is not None and not 1 <= self.max_minutes <= MOST_MINUTES:
            problems["max_minutes"] = _("The maximum length is 1 to 43200 minutes (30 days).")
        if problems:
            raise ValidationError(problems)
