from django.db import models
from knox.models import AbstractAuthToken


class ApiToken(AbstractAuthToken):
    """A token for the REST API. Only its digest is kept; `name` says what a person made it for."""

    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.name} ({self.user})"
