"""Addresses of the site; one block per menu entry."""

from django.urls import URLPattern, URLResolver, include, path

from dashboard.views import preferences, recordings, styleguide
from recorder.api.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/v1/", include("recorder.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("recordings/", recordings.recordings, name="recordings"),
    path("recordings/<int:pk>/", recordings.recording, name="recording"),
    path("recordings/<int:pk>/refresh/", recordings.recording_refresh, name="recording_refresh"),
    path(
        "recordings/<int:pk>/files/<int:file>/playlist.m3u8",
        recordings.recording_playlist,
        name="recording_playlist",
    ),
    path(
        "recordings/<int:pk>/files/<int:file>/download/",
        recordings.recording_download,
        name="recording_download",
    ),
    path(
        "recordings/<int:pk>/files/<int:file>/address/",
        recordings.recording_address,
        name="recording_address",
    ),
    path(
        "recordings/<int:pk>/bytes/<path:key>", recordings.recording_bytes, name="recording_bytes"
    ),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/form/", styleguide.styleguide_form, name="styleguide_form"),
    path("styleguide/dialog/", styleguide.styleguide_dialog, name="styleguide_dialog"),
    path("styleguide/toast/", styleguide.styleguide_toast, name="styleguide_toast"),
]
