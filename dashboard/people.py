"""Who is asking."""

from typing import cast

from django.http import HttpRequest

from recorder.models import User


def user_of(request: HttpRequest) -> User:
    """The signed-in person: LoginRequiredMiddleware lets nobody else through to a page."""
    return cast(User, request.user)
