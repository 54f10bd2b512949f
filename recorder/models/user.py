from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person who signs in. Its own class from the first migration on, so that it can grow."""
