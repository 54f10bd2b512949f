from django.db import models
from django.utils.translation import gettext_lazy as _

from recorder.contract.states import ProviderName
from recorder.models.secrets import SecretField
from recorder.models.visible import VisibleQuerySet


class Area(models.TextChoices):
    """Which of the provider's hosts a project calls; not the region of a storage vendor."""

    GLOBAL = "global", _("Any area")
    US = "us", _("United States")
    EU = "eu", _("Europe")
    AP = "ap", _("Asia Pacific")
    CN = "cn", _("China")


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
    requests_per_second = models.PositiveSmallIntegerField(_("requests per second"), default=10)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = VisibleQuerySet.as_manager()

    SECRETS = ("customer_secret", "app_certificate", "callback_secret")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
