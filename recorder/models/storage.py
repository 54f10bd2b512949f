import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from recorder.contract.files import PREFIX_LIMIT, prefix_path
from recorder.contract.parameters.storage import StorageExtension
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

    def clean(self) -> None:
        """The rules that forms and API share. Each field with a sentence of its own."""
        problems: dict[str, Any] = {}
        vendor = VENDORS.get(self.vendor)
        if vendor is None:
            problems["vendor"] = _("The storage vendor is one of the numbers 0 to 8 or 11.")
        elif vendor.region(self.region) is None:
            problems["region"] = _("The region is one of the vendor's own numbers.")
        elif vendor.endpoint_required and not _is_host(self.extension_params):
            problems["extension_params"] = _(
                'Self-built storage needs its host name: {"endpoint": "storage.example"}.'
            )
        if not re.fullmatch(r"[!-.0-~]+", self.bucket or "", re.ASCII):
            problems["bucket"] = _("A bucket's name has no spaces, slashes or accented letters.")
        if not _is_folders(self.file_name_prefix):
            problems["file_name_prefix"] = _(
                "Folders are a list of names made of letters a-z, A-Z and digits, or {session};"
                " together at most 128 characters."
            )
        if not isinstance(self.extension_params, dict):
            problems["extension_params"] = _("The extension parameters are an object.")
        if self.endpoint_url and not _is_address(self.endpoint_url):
            problems["endpoint_url"] = _(
                "The endpoint begins with https:// or http:// and names a host."
            )
        if bool(self.read_access_key) != bool(self.read_secret_key):
            problems["read_access_key"] = _("A key for reading has two parts: both or neither.")
        if problems:
            raise ValidationError(problems)


def _is_folders(value: object) -> bool:
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        return False
    parts = [part.replace("{session}", "x" * 12) for part in value]  # a reference's length
    named = all(re.fullmatch(r"[A-Za-z0-9]+", part, re.ASCII) for part in parts)
    return named and len(prefix_path(parts)) <= PREFIX_LIMIT


def _is_host(params: object) -> bool:
    """Whether the service's own rule takes the endpoint: a bare host, so that it leads nowhere
    else than it says."""
    try:
        return StorageExtension.model_validate(params).endpoint is not None
    except ValueError:
        return False


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return valid and not (parts.username or parts.password or parts.query or parts.fragment)
