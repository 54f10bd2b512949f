"""Layouts: ours around, the provider's own field names in the elements of the two lists."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from recorder.api.fields import JSONObject, StrictInteger, StrictText, refuse_unknown
from recorder.contract.layouts import MAX_SIDE, Canvas, layout_from_wire, layout_to_wire
from recorder.contract.layouts import Layout as Picture
from recorder.contract.problems import Problem, errors
from recorder.contract.rules import check, layout_problems
from recorder.contract.states import Mode, Operation
from recorder.models import Layout, LayoutVersion
from recorder.models.audit import record

# Our name of a field -> the service's, and what it is when nobody says so.
WIRE: Mapping[str, tuple[str, Any]] = {
    "mixed_video_layout": ("mixedVideoLayout", 0),
    "background_color": ("backgroundColor", "#000000"),
    "background_image": ("backgroundImage", ""),
    "default_user_background_image": ("defaultUserBackgroundImage", ""),
    "max_resolution_uid": ("maxResolutionUid", ""),
    "layout_config": ("layoutConfig", []),
    "background_config": ("backgroundConfig", []),
}
UNKNOWN_FIELD = "common.unknown_field"
OURS = {wire: ours for ours, (wire, _default) in WIRE.items()}


class LayoutSerializer(serializers.Serializer[Layout]):
    """`version` grows with every change of the picture; send the one you read and nobody's newer
    change is overwritten."""

    id = serializers.IntegerField(read_only=True)
    name = StrictText(max_length=80, trim_whitespace=True)
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

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        whole = self._before() | attrs
        canvas = Canvas(whole["width"], whole["height"])
        picture = {
            wire: whole[ours]
            for ours, (wire, _default) in WIRE.items()
            if whole[ours] not in ("", [])
        }
        return attrs | {"canvas": canvas, "picture": checked(picture, canvas)}

    def _before(self) -> dict[str, Any]:
        return self.to_representation(self.instance) if self.partial and self.instance else {}

    def create(self, validated_data: dict[str, Any]) -> Layout:
        user = self.context["request"].user
        with transaction.atomic():
            layout = Layout.create(
                validated_data["name"],
                validated_data["canvas"],
                validated_data["picture"],
                by=user,
            )
            record("layout.create", layout, by=user, name=layout.name)
        return layout

    def update(self, instance: Layout, validated_data: dict[str, Any]) -> Layout:
        user = self.context["request"].user
        newest = instance.latest
        canvas, picture = validated_data["canvas"], validated_data["picture"]
        with transaction.atomic():
            if (newest.canvas, newest.picture) != (canvas, layout_to_wire(picture)):
                seen = validated_data.get("version", instance.version)
                instance.add_version(canvas, picture, by=user, seen=seen)
            instance.name = validated_data.get("name", instance.name)
            instance.save(update_fields=["name", "changed_at"])
            record("layout.update", instance, by=user, version=instance.version)
        vars(instance).pop("newest", None)
        return instance


def newest_of(layout: Layout) -> LayoutVersion:
    """The newest version; lists bring it along (views.layouts), so that each costs no query."""
    fetched = getattr(layout, "newest", None)
    return fetched[0] if fetched else layout.latest


def checked(wire: Mapping[str, object], canvas: Canvas) -> Picture:
    """The picture, if the service would take it and it fits the canvas. Raises ValidationError
    at our own names: {"layout_config.2.x_axis": ["…"]}."""
    body = {"cname": "layout", "uid": "1", "clientRequest": wire}
    found = check(Operation.UPDATE_LAYOUT, Mode.MIX, body)
    # A key that nobody knows would be lost when the picture is saved.
    wrong = [p for p in found if p.severity == "error" or p.rule == UNKNOWN_FIELD]
    if wrong:
        raise serializers.ValidationError(_by_field(wrong))
    try:
        picture = layout_from_wire(wire)
    except ValueError as error:
        raise serializers.ValidationError(
            {"layout_config": [_("Lengths are fractions with at most six decimals.")]}
        ) from error
    if wrong := list(errors(layout_problems(picture, canvas))):
        raise serializers.ValidationError(_by_field(wrong))
    return picture


def _by_field(problems: Iterable[Problem]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for problem in problems:
        first, dot, rest = problem.path.removeprefix("clientRequest.").partition(".")
        path = OURS.get(first, first) + dot + rest
        fields.setdefault(path, []).append(problem.text(translate))
    return fields
