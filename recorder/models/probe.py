from django.db import models, transaction

_MORE_THAN_A_PAGE = "x" * 20_000  # bytes: what fits into a page in use proves nothing


class DiskProbe(models.Model):
    """A row that is written and removed again to learn whether the database can still grow."""

    padding = models.TextField()

    def __str__(self) -> str:
        return f"{len(self.padding)} characters"

    @classmethod
    def write(cls) -> None:
        """Raises the database's own error where nothing can be saved."""
        with transaction.atomic():
            row = cls.objects.create(padding=_MORE_THAN_A_PAGE)
        row.delete()
