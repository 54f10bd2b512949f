"""What can go wrong between us and an object store. No message holds a key or a signed address.

Each sentence says what happened, what it means for the recordings, and what to do.
"""

from django.utils.translation import gettext as _

from recorder.errors import RecorderError


class StorageError(RecorderError):
    """The store did not do what was asked. Nothing changed there."""


class BadSettings(StorageError):
    """Bucket, region and endpoint make no address; nothing was sent."""


class Unreachable(StorageError):
    """No connection, or none that lasted."""


class NotAStore(StorageError):
    """Something answered, but not as an object store does."""


class WrongKey(StorageError):
    """The access key is unknown there, or the secret key does not belong to it."""


class Forbidden(StorageError):
    """The key is known, but may not do this."""


class NoSuchBucket(StorageError):
    """There is no bucket of this name, at least not in this region."""


class NoSuchFile(StorageError):
    """The bucket holds no file of this name."""


class TooLarge(StorageError):
    """The file is longer than the reader allows."""


class RangeNotSatisfiable(StorageError):
    """The range asked for lies behind the end of the file."""


# Error codes of S3 and of Azure that mean the key, whatever the HTTP status beside them.
_WRONG_KEY = {
    "InvalidAccessKeyId",
    "InvalidAccessKey",
    "InvalidSecurity",
    "SignatureDoesNotMatch",
    "AuthorizationHeaderMalformed",
    "AuthenticationFailed",
    "InvalidToken",
    "ExpiredToken",
    "AccessKeyDisabled",
}
_NO_BUCKET = {"NoSuchBucket", "ContainerNotFound", "ContainerBeingDeleted"}


def refused(label: str, bucket: str, code: str, status: int | None) -> StorageError:
    """The error for an answer that was no, by the store's own code and the HTTP status."""
    facts = {"storage": label, "bucket": bucket, "status": status or "?"}
    if code in _WRONG_KEY or status == 401:
        return WrongKey(
            _(
                "The storage “%(storage)s” does not accept the access key. Recordings cannot be"
                " uploaded or played with it. Enter both keys again on the storage's page."
            )
            % facts
        )
    if code in _NO_BUCKET:
        return NoSuchBucket(
            _(
                "The storage “%(storage)s” knows no bucket “%(bucket)s”. Recordings cannot be"
                " uploaded to it. Check the bucket's name and its region."
            )
            % facts
        )
    if status == 404:
        return NoSuchFile(
            _(
                "The bucket “%(bucket)s” holds no such file, so it cannot be played."
                " It may not be uploaded yet: look again in a minute."
            )
            % facts
        )
    if status == 416:
        return RangeNotSatisfiable(_("The file ends before the part that was asked for."))
    if status == 403:
        return Forbidden(
            _(
                "The access key of the storage “%(storage)s” may not do this in the bucket"
                " “%(bucket)s”. The files are untouched. Give the key the right it lacks."
            )
            % facts
        )
    return StorageError(
        _(
            "The storage “%(storage)s” refused with HTTP %(status)s. The files are untouched."
            " Try again in a minute; if it stays so, test the storage on its page."
        )
        % facts
    )


def unreachable(label: str) -> Unreachable:
    return Unreachable(
        _(
            "The storage “%(storage)s” cannot be reached. Recordings go on, but their files can be"
            " neither listed nor played here now. Check its endpoint and the network, then retry."
        )
        % {"storage": label}
    )


def not_a_store(label: str) -> NotAStore:
    return NotAStore(
        _(
            "What answers for the storage “%(storage)s” is not an object store. Its files can be"
            " neither listed nor played here. Check the endpoint."
        )
        % {"storage": label}
    )


def bad_settings(label: str, bucket: str) -> BadSettings:
    return BadSettings(
        _(
            "The settings of the storage “%(storage)s” make no valid address for the bucket"
            " “%(bucket)s”, so nothing was sent. Check its bucket, region and endpoint."
        )
        % {"storage": label, "bucket": bucket}
    )


def too_large(size: int) -> TooLarge:
    return TooLarge(
        _("The file is %(size)d bytes long, more than is read here. Download it instead.")
        % {"size": size}
    )
