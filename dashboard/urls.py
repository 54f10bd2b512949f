"""Addresses of the site; one block per menu entry."""

from django.urls import URLPattern, URLResolver, include, path

from dashboard.views import preferences, styleguide
from recorder.api.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/v1/", include("recorder.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/form/", styleguide.styleguide_form, name="styleguide_form"),
    path("styleguide/dialog/", styleguide.styleguide_dialog, name="styleguide_dialog"),
    path("styleguide/toast/", styleguide.styleguide_toast, name="styleguide_toast"),
]
