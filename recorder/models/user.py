from django.contrib.auth.models import AbstractUser


class User(AbstractUser):  # type: ignore[django-manager-missing]  # of tokens: knox has no types
    """A person who signs in. Its own class from the first migration on, so that it can grow."""
