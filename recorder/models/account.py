from django.db import models


class Account(models.Model):
    """The pace of one account at a provider, shared by all projects and processes that use it.

    `next_free_us` is the time of the next free slot in microseconds since the epoch; the arithmetic
    is in recorder/providers/pacing.py. The limit counts per account: Agora's start reference.
    `next_query_us` is the same for queries alone, whose pace is a part of the account's.
    """

    provider = models.CharField(max_length=10)
    customer_id = models.CharField(max_length=128)
    next_free_us = models.BigIntegerField(default=0)
    next_query_us = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "customer_id"], name="account_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.customer_id}"


class AccountSlots:
    """The slots of one account in the database (see providers.pacing.SlotStore); `column` is that
    of all its calls, or next_query_us."""

    def __init__(self, provider: str, customer_id: str, column: str = "next_free_us"):
        self.provider, self.customer_id, self.column = provider, customer_id, column
        self.rows = Account.objects.filter(provider=provider, customer_id=customer_id)
        self._swapped: int | None = None

    def read(self) -> int:
        """As we left it, after a swap of ours: if it has changed since, the next swap tells."""
        left, self._swapped = self._swapped, None
        if left is not None:
            return left
        slot = self.rows.values_list(self.column, flat=True).first()
        if slot is not None:
            return int(slot)
        account, _ = Account.objects.get_or_create(
            provider=self.provider, customer_id=self.customer_id
        )
        return int(getattr(account, self.column))

    def swap(self, old: int, new: int) -> bool:
        """Set the next free slot, unless another process took it first."""
        done = bool(self.rows.filter(**{self.column: old}).update(**{self.column: new}))
        self._swapped = new if done else None
        return done
