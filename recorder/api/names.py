"""Names that are taken between the look and the save."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rest_framework import serializers

from recorder.models.names import NameTaken, name_once


@contextmanager
def own_name(row: Any, sent: Mapping[str, Any]) -> Iterator[None]:
    """All or nothing of what is saved inside. A name that somebody else took since it was looked
    for is the field's error, as it would have been a moment later.
    """
    try:
        with name_once(row, sent.get("name", row.name)):
            yield
    except NameTaken as error:
        raise serializers.ValidationError({"name": [str(error)]}) from error
