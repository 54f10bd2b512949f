"""storageConfig: where the files go. The same in start and update."""

from typing import Annotated

from pydantic import Field

from recorder.contract.parameters.base import STORAGE, WireModel, wire
from recorder.contract.vendors import VENDORS
from recorder.contract.words import REGION_TABLE, START, _

Folder = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+$")]


class StorageExtension(WireModel):
    """extensionParams."""

    sse: str | None = wire(
        "sse",
        None,
        rule="{at}.storage.sse",
        sentence=_("Server-side encryption is kms or aes256, and exists for Amazon S3 only."),
        label=_("Server-side encryption"),
        help=_("How Amazon S3 encrypts the files it stores."),
        section=STORAGE,
        choices={"kms": _("KMS key"), "aes256": _("AES-256")},
    )
    tag: str | None = wire(
        "tag",
        None,
        rule="{at}.storage.tag",
        sentence=_("A tag is a text, and exists for Amazon S3 and Alibaba Cloud OSS only."),
        label=_("Tag"),
        help=_("A tag the vendor attaches to every file."),
        section=STORAGE,
    )
    endpoint: str | None = wire(
        "endpoint",
        None,
        rule="{at}.storage.endpoint",
        sentence=_(
            "Self-built storage needs its host name here, without https://; other vendors none."
        ),
        label=_("Endpoint"),
        help=_("Host name of your own S3-compatible storage, without https://."),
        section=STORAGE,
        source=(REGION_TABLE,),
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$",
        max_length=255,
    )


class StorageConfig(WireModel):
    """The bucket and the keys that open it."""

    vendor: int = wire(
        "vendor",
        rule="{at}.storage.vendor",
        sentence=_("The storage vendor is one of the numbers 0 to 8 or 11."),
        label=_("Vendor"),
        section=STORAGE,
        source=(START, REGION_TABLE),
        choices={code: vendor.name for code, vendor in VENDORS.items()},
        basic=True,
    )
    region: int | None = wire(
        "region",
        None,
        rule="{at}.storage.region",
        sentence=_("The region is one of the vendor's own numbers."),
        label=_("Region"),
        help=_("A bucket far from the recording server can lose files."),
        section=STORAGE,
        source=(START, REGION_TABLE),
        basic=True,
    )
    bucket: str = wire(
        "bucket",
        rule="{at}.storage.bucket",
        sentence=_("The bucket needs a name."),
        label=_("Bucket"),
        section=STORAGE,
        min_length=1,
        basic=True,
    )
    access_key: str = wire(
        "accessKey",
        rule="{at}.storage.keys",
        sentence=_("Access key and secret key are both needed."),
        label=_("Access key"),
        help=_("A key that may write is enough; postponed transcoding also reads."),
        section=STORAGE,
        min_length=1,
        secret=True,
        basic=True,
    )
    secret_key: str = wire(
        "secretKey",
        rule="{at}.storage.keys",
        sentence=_("Access key and secret key are both needed."),
        label=_("Secret key"),
        section=STORAGE,
        min_length=1,
        secret=True,
        basic=True,
    )
    file_name_prefix: list[Folder] | None = wire(
        "fileNamePrefix",
        None,
        rule="{at}.storage.prefix.chars",
        sentence=_("The prefix is a list of folder names made of letters a-z, A-Z and digits."),
        label=_("Folders"),
        help=_("Folders in the bucket, outermost first; every file name begins with them."),
        section=STORAGE,
        basic=True,
    )
    extension_params: StorageExtension | None = wire(
        "extensionParams",
        None,
        rule="{at}.storage.extensionParams.type",
        sentence=_("The vendor's extra settings are an object."),
        section=STORAGE,
    )
    sts_token: str | None = wire(
        "stsToken",
        None,
        rule="{at}.storage.sts",
        sentence=_(
            "Temporary keys exist for Amazon S3, Alibaba Cloud OSS and Tencent Cloud COS; their"
            " expiry is in Unix seconds and at least four hours ahead."
        ),
        label=_("Session token"),
        help=_("Of temporary keys. For recordings over an hour, renew it every 60 minutes."),
        section=STORAGE,
        secret=True,
    )
    sts_expiration: int | None = wire(
        "stsExpiration",
        None,
        rule="{at}.storage.sts",
        sentence=_(
            "Temporary keys exist for Amazon S3, Alibaba Cloud OSS and Tencent Cloud COS; their"
            " expiry is in Unix seconds and at least four hours ahead."
        ),
        label=_("Session token expires"),
        section=STORAGE,
        unit="Unix s",
        ge=0,
        lt=2**64,
    )
