"""Addresses under /api/v1/."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from recorder.api.docs import docs
from recorder.api.errors import not_found
from recorder.api.views.audit import AuditViewSet
from recorder.api.views.bulk import BulkStart, BulkStop, BulkViewSet
from recorder.api.views.notices import NoticeViewSet, SessionNoticeList
from recorder.api.views.session_parts import (
    CallList,
    FileContent,
    FileList,
    FilePlaylist,
    Timeline,
)
from recorder.api.views.sessions import SessionViewSet
from recorder.api.views.settings import LayoutViewSet, ProjectViewSet, StorageConfigViewSet

app_name = "api"

router = SimpleRouter(use_regex_path=False)
for name, viewset in (
    ("projects", ProjectViewSet),
    ("storage-configs", StorageConfigViewSet),
    ("layouts", LayoutViewSet),
    ("sessions/bulk", BulkViewSet),
    ("sessions", SessionViewSet),
    ("notices", NoticeViewSet),
    ("audit", AuditViewSet),
):
    router.register(name, viewset)

urlpatterns = [
    path("", include(router.urls)),
    path("sessions/bulk-start/", BulkStart.as_view(), name="bulk-start"),
    path("sessions/bulk-stop/", BulkStop.as_view(), name="bulk-stop"),
    path("sessions/<int:pk>/calls/", CallList.as_view(), name="call-list"),
    path("sessions/<int:pk>/notices/", SessionNoticeList.as_view(), name="session-notice-list"),
    path("sessions/<int:pk>/files/", FileList.as_view(), name="file-list"),
    path(
        "sessions/<int:pk>/files/<int:file_pk>/content/",
        FileContent.as_view(),
        name="file-content",
    ),
    path(
        "sessions/<int:pk>/files/<int:file_pk>/playlist/",
        FilePlaylist.as_view(),
        name="file-playlist",
    ),
    path("sessions/<int:pk>/timeline/", Timeline.as_view(), name="timeline"),
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    re_path(r"", csrf_exempt(login_not_required(not_found))),
]
