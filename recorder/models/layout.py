from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from recorder.contract import layouts
from recorder.contract.layout_documents import whole_wire
from recorder.errors import RecorderError
from recorder.models.visible import VisibleQuerySet

if TYPE_CHECKING:
    from recorder.models.user import User


MAX_TAGS = 12
TAG_LENGTH = 32


class LayoutChangedMeanwhile(RecorderError):
    """Somebody else saved a newer version since this one was opened. Nothing was changed."""


class Layout(models.Model):
    """A named picture for mixed recordings. What it shows is in its versions, newest `version`."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    tags = models.JSONField(default=list, blank=True)  # words to find it by: tags_in()
    version = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def create(
        cls,
        name: str,
        canvas: layouts.Canvas,
        picture: layouts.Layout | Mapping[str, object],
        *,
        by: "User | None",
        tags: Iterable[str] = (),
    ) -> Self:
        """A new layout with its first version. IntegrityError when the name is taken."""
        with transaction.atomic():
            layout = cls(name=name, tags=list(tags))
            layout.save(force_insert=True)
            layout.add_version(canvas, picture, by=by, seen=0)
        return layout

    @property
    def latest(self) -> "LayoutVersion":
        return self.versions.get(number=self.version)

    def add_version(
        self,
        canvas: layouts.Canvas,
        picture: layouts.Layout | Mapping[str, object],
        *,
        by: "User | None",
        seen: int,
    ) -> "LayoutVersion":
        """Save a changed picture as the next version; `seen` is the one the editor started from.

        A picture given as a mapping keeps keys that nobody here knows. Raises
        LayoutChangedMeanwhile when `seen` is no longer the newest.
        """
        with transaction.atomic():
            rows = Layout.objects.filter(pk=self.pk, version=seen)
            if not rows.update(version=seen + 1, changed_at=timezone.now()):
                raise LayoutChangedMeanwhile(
                    gettext(
                        "Somebody else saved this layout while you were editing it. Nothing of"
                        " yours was saved; open the newest version and apply your change again."
                    )
                )
            self.version = seen + 1
            return LayoutVersion.objects.create(
                layout=self,
                number=self.version,
                width=canvas.width,
                height=canvas.height,
                picture=whole_wire(picture),
                created_by=by,
            )


class LayoutVersion(models.Model):
    """One saved state of a layout, never changed: sessions point at the version they used.

    `picture` holds the service's own fields (mixedVideoLayout, layoutConfig, …), fractions with at
    most six decimals; `contract.layouts` turns them into integers of millionths.
    """

    layout = models.ForeignKey(Layout, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    picture = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["layout", "number"], name="layout_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.layout}, version {self.number}"

    @property
    def canvas(self) -> layouts.Canvas:
        return layouts.Canvas(self.width, self.height)

    def parsed(self) -> layouts.Layout:
        return layouts.layout_from_wire(self.picture)

    @property
    def wire(self) -> dict[str, object]:
        """All of it in the service's names: what is compared, exported and sent."""
        return whole_wire(self.picture)


class ShownLayout(models.Model):
    """One picture that a mix recording showed, from when on; the first is that of its start.

    Written when the service has accepted a change, so the newest is `RecordingSession.layout`.
    """

    session = models.ForeignKey(
        "recorder.RecordingSession", on_delete=models.CASCADE, related_name="shown"
    )
    picture = models.JSONField()
    layout_version = models.ForeignKey(
        LayoutVersion, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.layout_version or self.pk)


def tags_in(text: str) -> list[str]:
    """The tags in "panel, wide": lower case, each once. ValueError when too many or too long."""
    tags = list(dict.fromkeys(" ".join(tag.lower().split()) for tag in text.split(",")))
    tags = [tag for tag in tags if tag]
    if len(tags) > MAX_TAGS or any(len(tag) > TAG_LENGTH for tag in tags):
        raise ValueError(text)
    return tags
