from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from recorder.contract import layouts
from recorder.errors import RecorderError
from recorder.models.visible import VisibleQuerySet

if TYPE_CHECKING:
    from recorder.models.user import User


class LayoutChangedMeanwhile(RecorderError):
    """Somebody else saved a newer version since this one was opened. Nothing was changed."""


class Layout(models.Model):
    """A named picture for mixed recordings. What it shows is in its versions, newest `version`."""

    name = models.CharField(_("name"), max_length=80, unique=True)
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
        cls, name: str, canvas: layouts.Canvas, picture: layouts.Layout, *, by: "User | None"
    ) -> Self:
        """A new layout with its first version. IntegrityError when the name is taken."""
        with transaction.atomic():
            layout = cls(name=name)
            layout.save(force_insert=True)
            layout.add_version(canvas, picture, by=by, seen=0)
        return layout

    @property
    def latest(self) -> "LayoutVersion":
        return self.versions.get(number=self.version)

    def add_version(
        self, canvas: layouts.Canvas, picture: layouts.Layout, *, by: "User | None", seen: int
    ) -> "LayoutVersion":
        """Save a changed picture as the next version; `seen` is the one the editor started from.

        Raises LayoutChangedMeanwhile when that is no longer the newest.
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
                picture=layouts.layout_to_wire(picture),
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
