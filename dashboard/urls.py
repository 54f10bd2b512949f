"""Addresses of the site; one block per menu entry."""

from django.urls import URLPattern, URLResolver, include, path

from dashboard.views import (
    bulk,
    callbacks,
    jump,
    layout_edit,
    layout_files,
    layout_history,
    layouts,
    preferences,
    projects,
    recordings,
    session,
    session_actions,
    session_editor,
    session_layout,
    sessions,
    start,
    storage,
    styleguide,
)
from recorder.api.health import healthz, readyz
from recorder.api.views.callbacks import callback

handler400 = "dashboard.views.errors.bad_request"
handler500 = "dashboard.views.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/v1/", include("recorder.api.urls")),
    path("callbacks/<int:project_id>/", callback, name="callback"),  # from the provider
    path("accounts/", include("allauth.urls")),
    # Sessions
    path("", sessions.sessions, name="sessions"),
    path("sessions/bulk/", session_actions.sessions_bulk, name="sessions_bulk"),
    path("sessions/lists/", bulk.bulks, name="bulks"),
    path("sessions/lists/start/", bulk.bulk_start, name="bulk_start"),
    path("sessions/lists/stop/", bulk.bulk_stop, name="bulk_stop"),
    path("sessions/lists/<int:pk>/", bulk.bulk, name="bulk"),
    path("sessions/lists/<int:pk>/cancel/", bulk.bulk_cancel, name="bulk_cancel"),
    path("sessions/export/", session_actions.sessions_export, name="sessions_export"),
    path("sessions/<int:pk>/", session.session, name="session"),
    path("sessions/<int:pk>/stop/", session_actions.session_stop, name="session_stop"),
    path("sessions/<int:pk>/query/", session_actions.session_query, name="session_query"),
    path("sessions/<int:pk>/give-up/", session_actions.session_give_up, name="session_give_up"),
    path(
        "sessions/<int:pk>/try-again/", session_actions.session_try_again, name="session_try_again"
    ),
    path("sessions/<int:pk>/start-again/", start.session_start_again, name="session_start_again"),
    path(
        "sessions/<int:pk>/acknowledge/",
        session_actions.session_acknowledge,
        name="session_acknowledge",
    ),
    path("sessions/<int:pk>/layout/", session_layout.session_layout, name="session_layout"),
    path("sessions/<int:pk>/layout/editor/", session_editor.session_editor, name="session_editor"),
    path(
        "sessions/<int:pk>/layout/changes/",
        session_editor.session_layout_changes,
        name="session_layout_changes",
    ),
    # Start
    path("start/", start.start, name="start"),
    path("start/send/", start.start_send, name="start_send"),
    path("start/review/", start.start_review, name="start_review"),
    # Recordings
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
    path("jump/", jump.jump, name="jump"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/first-run/", preferences.dismiss_first_run, name="first_run_dismiss"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/form/", styleguide.styleguide_form, name="styleguide_form"),
    path("styleguide/dialog/", styleguide.styleguide_dialog, name="styleguide_dialog"),
    path("styleguide/toast/", styleguide.styleguide_toast, name="styleguide_toast"),
    # Layouts
    path("layouts/", layouts.layouts, name="layouts"),
    path("layouts/new/", layout_edit.layout_new, name="layout_new"),
    path("layouts/starters/", layouts.layout_starters, name="layout_starters"),
    path("layouts/import/", layout_files.layouts_import, name="layouts_import"),
    path("layouts/export/", layout_files.layouts_export, name="layouts_export"),
    path("layouts/preview/", layout_edit.layout_preview, name="layout_preview"),
    path("layouts/<int:pk>/", layout_edit.layout_edit, name="layout_edit"),
    path("layouts/<int:pk>/history/", layout_history.layout_history, name="layout_history"),
    path(
        "layouts/<int:pk>/history/<int:number>/restore/",
        layout_history.layout_version_restore,
        name="layout_version_restore",
    ),
    path("layouts/<int:pk>/duplicate/", layouts.layout_duplicate, name="layout_duplicate"),
    path("layouts/<int:pk>/archive/", layouts.layout_archive, name="layout_archive"),
    path("layouts/<int:pk>/restore/", layouts.layout_restore, name="layout_restore"),
    # Storage
    path("storage/", storage.storage, name="storage"),
    path("storage/new/", storage.storage_new, name="storage_new"),
    path("storage/vendor/", storage.storage_vendor, name="storage_vendor"),
    path("storage/path/", storage.storage_path, name="storage_path"),
    path("storage/<int:pk>/", storage.storage_edit, name="storage_edit"),
    path("storage/<int:pk>/check/", storage.storage_check, name="storage_check"),
    path(
        "storage/<int:pk>/check/cancel/", storage.storage_check_cancel, name="storage_check_cancel"
    ),
    path("storage/<int:pk>/delete/", storage.storage_delete, name="storage_delete"),
    # Callbacks; the provider's own address is above
    path("callbacks/", callbacks.callbacks, name="callbacks"),
    path("callbacks/notices/<int:pk>/replay/", callbacks.callback_replay, name="callback_replay"),
    # Projects
    path("projects/", projects.projects, name="projects"),
    path("projects/new/", projects.project_new, name="project_new"),
    path("projects/<int:pk>/", projects.project_edit, name="project_edit"),
    path("projects/<int:pk>/check/", projects.project_check, name="project_check"),
    path(
        "projects/<int:pk>/credentials/<int:newest>/",
        projects.project_credentials,
        name="project_credentials",
    ),
    path("projects/<int:pk>/delete/", projects.project_delete, name="project_delete"),
]
