"""Layouts: ours around, the provider's own field names in the elements of the two lists."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from recorder.api.fields import (
    JSONObject,
    StrictInteger,
    StrictText,
    refuse_unknown,
)
from recorder.api.names import own_name
from recorder.contract.layout_documents import (
    KNOWN_KEYS,
    OURS,
    WIRE,
    Wire,
    problems_of,
    unknown_keys,
    whole_wire,
)
from recorder.contract.layouts import MAX_SIDE, Canvas
from recorder.contract.problems import Problem
from recorder.models import Layout, LayoutVersion
from recorder.models.audit import record
from recorder.models.layout import MAX_TAGS, TAG_LENGTH, tags_in

UNKNOWN_FIELD = "common.unknown_field"


class LayoutSerializer(serializers.Serializer[Layout]):
    """`version` grows with every change of the picture; send the one you read and nobody's newer
    change is overwritten."""

    id = serializers.IntegerField(read_only=True)
    name = StrictText(max_length=80, trim_whitespace=True)
    tags = serializers.ListField(
        child=StrictText(max_length=TAG_LENGTH), max_length=MAX_TAGS, required=False
    )
    version = StrictInteger(required=False, min_value=1)
    width = StrictInteger(min_value=2, max_value=MAX_SIDE)
    height = StrictInteger(min_value=2, max_value=MAX_SIDE)
    mixed_video_layout = StrictInteger(default=0, min_value=0, max_value=3)
    background_color = StrictText(default="#000000")
    background_image = StrictText(default="", allow_blank=True)
    default_user_background_image = StrictText(default="", allow_blank=True)
    max_resolution_uid = StrictText(default="", allow_blank=True)
    layout_config = serializers.ListField(child=JSONObject(), default=list)
    background_config = serializers.ListField(child=JSONObject(), default=list)
    created_at = serializers.DateTimeField(read_only=True)
    changed_at = serializers.DateTimeField(read_only=True)

    def to_internal_value(self, data: Any) -> Any:
        refuse_unknown(self, data)
        return super().to_internal_value(data)

    def to_representation(self, instance: Layout) -> dict[str, Any]:
        newest = newest_of(instance)
        picture = {
            ours: newest.picture.get(wire, default) for ours, (wire, default) in WIRE.items()
        }
        return {
            "id": instance.pk,
            "name": instance.name,
            "tags": instance.tags,
            "version": instance.version,
            "width": newest.width,
            "height": newest.height,
            **picture,
            "created_at": instance.created_at,
            "changed_at": instance.changed_at,
        }

    def validate_name(self, name: str) -> str:
        others = Layout.objects.filter(name=name)
        if self.instance:
            others = others.exclude(pk=self.instance.pk)
        if others.exists():
            raise serializers.ValidationError(_("There is a layout of this name."))
        return name

    def validate_tags(self, tags: list[str]) -> list[str]:
        if any("," in tag for tag in tags):
            raise serializers.ValidationError(_("A tag has no comma in it."))
        return tags_in(",".join(tags))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        whole = self._before() | attrs
        canvas = Canvas(whole["width"], whole["height"])
        before = newest_of(self.instance).picture if self.instance else {}
        picture = {
            wire: whole[ours]
            for ours, (wire, _default) in WIRE.items()
            if whole[ours] not in ("", [])
        }
        kept = {key: value for key, value in before.items() if key not in KNOWN_KEYS[""]}
        return attrs | {"canvas": canvas, "picture": checked(kept | picture, canvas, before)}

    def _before(self) -> dict[str, Any]:
        return self.to_representation(self.instance) if self.partial and self.instance else {}

    def create(self, validated_data: dict[str, Any]) -> Layout:
        user = self.context["request"].user
        with own_name(Layout(), validated_data):
            layout = Layout.create(
                validated_data["name"],
                validated_data["canvas"],
                validated_data["picture"],
                by=user,
                tags=validated_data.get("tags", ()),
            )
            record("layout.create", layout, by=user, name=layout.name)
        return layout

    def update(self, instance: Layout, validated_data: dict[str, Any]) -> Layout:
        user = self.context["request"].user
        newest = instance.latest
        canvas, picture = validated_data["canvas"], validated_data["picture"]
        with own_name(instance, validated_data):
            if (newest.canvas, newest.wire) != (canvas, picture):
                seen = validated_data.get("version", instance.version)
                instance.add_version(canvas, picture, by=user, seen=seen)
            instance.name = validated_data.get("name", instance.name)
            instance.tags = validated_data.get("tags", instance.tags)
            instance.save(update_fields=["name", "tags", "changed_at"])
            record("layout.update", instance, by=user, version=instance.version)
        vars(instance).pop("newest", None)
        return instance


def newest_of(layout: Layout) -> LayoutVersion:
    """The newest version; lists bring it along (views.layouts), so that each costs no query."""
    fetched = getattr(layout, "newest", None)
    return fetched[0] if fetched else layout.latest


def checked(wire: Wire, canvas: Canvas, before: Wire) -> dict[str, object]:
    """The whole picture, if the service would take it and it fits the canvas.

    A key that nobody knows is most likely misspelt, and refused, unless `before` had it already:
    a file may have brought it. Raises ValidationError at our own names:
    {"layout_config.2.x_axis": ["…"]}.
    """
    known = {_last(path) for path in unknown_keys(before)}
    wrong = [
        problem
        for problem in problems_of(wire, canvas)
        if problem.severity == "error"
        or (problem.rule == UNKNOWN_FIELD and _last(problem.path) not in known)
    ]
    if wrong:
        raise serializers.ValidationError(_by_field(wrong))
    return whole_wire(wire)


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _by_field(problems: Iterable[Problem]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for problem in problems:
        first, dot, rest = problem.path.partition(".")
        path = OURS.get(first, first) + dot + rest
        fields.setdefault(path, []).append(problem.text(translate))
    return fields
