from django.db import models
from django.utils.translation import gettext_lazy as _

from recorder.contract.vendors import VENDORS
from recorder.models.secrets import SecretField
from recorder.models.visible import VisibleQuerySet


def vendor_choices() -> list[tuple[int, str]]:
    """The vendors of the contract. A function, so that a new vendor is no migration."""
    return [(vendor.code, vendor.name) for vendor in VENDORS.values()]


class StorageConfig(models.Model):
    """An object store that recordings are uploaded to: vendor, bucket and keys.

    `file_name_prefix` is a list of folder names; `extension_params` the service's own object.
    `endpoint_url` overrides the vendor's address for reading. The read keys are for us: those
    given to the provider are best allowed to write only.
    """

    class Delivery(models.TextChoices):
        SIGNED = "signed", _("Signed addresses: browsers read from the storage")
        PROXY = "proxy", _("Through Reelroom: browsers read from this site")

    name = models.CharField(_("name"), max_length=80, unique=True)
    vendor = models.PositiveSmallIntegerField(_("vendor"), choices=vendor_choices)
    region = models.PositiveSmallIntegerField(_("region"), default=0)
    bucket = models.CharField(_("bucket"), max_length=255)
    access_key = models.CharField(_("access key"), max_length=255)
    secret_key = SecretField(_("secret key"))
    file_name_prefix = models.JSONField(_("folder"), default=list, blank=True)
    extension_params = models.JSONField(_("extension parameters"), default=dict, blank=True)
    endpoint_url = models.CharField(_("endpoint"), max_length=255, blank=True)
    delivery = models.CharField(
        _("delivery"), max_length=10, choices=Delivery, default=Delivery.SIGNED
    )
    read_access_key = models.CharField(_("access key for reading"), max_length=255, blank=True)
    read_secret_key = SecretField(_("secret key for reading"))
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = VisibleQuerySet.as_manager()

    SECRETS = ("secret_key", "read_secret_key")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def frozen(self) -> dict[str, object]:
        """What a session keeps of the storage it was started with; the secret keys stay here."""
        return {
            "vendor": self.vendor,
            "region": self.region,
            "bucket": self.bucket,
            "access_key": self.access_key,
            "file_name_prefix": list(self.file_name_prefix),
            "extension_params": dict(self.extension_params),
            "endpoint_url": self.endpoint_url,
            "delivery": self.delivery,
        }
