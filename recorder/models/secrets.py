"""Secrets: encrypted in the database, wrapped in memory, shown as their last four characters."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.translation import gettext as _

from recorder.errors import RecorderError


class UnreadableSecret(RecorderError):
    """A stored secret was encrypted with a key that FIELD_ENCRYPTION_KEYS no longer holds."""


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured(
            "No key for secrets. Set FIELD_ENCRYPTION_KEYS, or let `python3 manage.py up` make one."
        )
    return MultiFernet([Fernet(key) for key in keys])


def fernet() -> MultiFernet:
    return _fernet(tuple(settings.FIELD_ENCRYPTION_KEYS))


@contextmanager
def readable() -> Iterator[None]:
    try:
        yield
    except InvalidToken as error:
        raise UnreadableSecret(
            _(
                "A stored secret cannot be read with the present keys. Add the key it was written"
                " with to FIELD_ENCRYPTION_KEYS, or enter the secret again."
            )
        ) from error


class Secret:
    """A secret in its encrypted form. Nothing prints it; `reveal()` alone gives the plain text.

    The token carries the time at which the secret was set, and keeps it when keys are rotated.
    """

    __slots__ = ("token",)

    def __init__(self, token: str = ""):
        self.token = token

    @classmethod
    def of(cls, plain: str) -> "Secret":
        return cls(fernet().encrypt(plain.encode()).decode()) if plain else cls()

    def reveal(self) -> str:
        if not self.token:
            return ""
        with readable():
            return fernet().decrypt(self.token.encode()).decode()

    def rotated(self) -> "Secret":
        """The same secret under the newest key."""
        if not self.token:
            return self
        with readable():
            return Secret(fernet().rotate(self.token.encode()).decode())

    @property
    def is_readable(self) -> bool:
        """False where the key it was encrypted with is gone: it has to be entered again."""
        try:
            self.reveal()
        except UnreadableSecret:
            return False
        return True

    @property
    def last4(self) -> str:
        """The last four characters; nothing of a secret so short that they would give it away."""
        plain = self.reveal()
        return plain[-4:] if len(plain) >= 12 else ""

    @property
    def set_at(self) -> datetime | None:
        if not self.token:
            return None
        with readable():
            return datetime.fromtimestamp(fernet().extract_timestamp(self.token.encode()), UTC)

    def __bool__(self) -> bool:
        return bool(self.token)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.token == other.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __str__(self) -> str:
        return "•••" if self.token else ""

    def __repr__(self) -> str:
        return f"Secret({self})"


if TYPE_CHECKING:  # a field is generic to the type checker only
    SecretText = models.TextField["Secret | str", Secret]
else:
    SecretText = models.TextField


class SecretField(SecretText):
    """A column that holds a Secret. An assigned plain string is encrypted when it is saved."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("default", Secret)
        kwargs.setdefault("blank", True)
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def to_python(self, value: object) -> Secret:
        return value if isinstance(value, Secret) else Secret.of(str(value or ""))

    def from_db_value(self, value: str | None, *_context: object) -> Secret:
        return Secret(value or "")

    def get_prep_value(self, value: object) -> str:
        return self.to_python(value).token

    def pre_save(self, model_instance: models.Model, add: bool) -> Secret:
        secret = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, secret)
        return secret

    def value_to_string(self, obj: models.Model) -> str:
        return self.to_python(self.value_from_object(obj)).token
