"""What belongs to one session: its calls, its files, its timeline."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from recorder.api.pagination import ByName
from recorder.api.serializers.sessions import (
    CallSerializer,
    EventSerializer,
    FileSerializer,
)
from recorder.api.views.base import user_of
from recorder.footage.delivery import is_proxied, open_file, playable_playlist, signed_url
from recorder.footage.health import findings
from recorder.footage.ledger import Ledger, refresh
from recorder.lifecycle.timeline import timeline
from recorder.models import ProviderCall, RecordedFile, RecordingSession

LONGEST_TIMELINE = 1000


def session_of(request: Request, pk: int) -> RecordingSession:
    rows = RecordingSession.objects.visible_to(user_of(request))
    return get_object_or_404(rows.select_related("storage_config"), pk=pk)


class CallList(generics.ListAPIView[ProviderCall]):
    """The requests that were sent to the provider and its answers, redacted; newest first."""

    serializer_class = CallSerializer
    queryset = ProviderCall.objects.none()

    def get_queryset(self) -> QuerySet[ProviderCall]:
        return session_of(self.request, self.kwargs["pk"]).calls.all()


class FileList(generics.ListAPIView[RecordedFile]):
    """The files of a recording: those that the provider named and those found in the bucket."""

    serializer_class = FileSerializer
    pagination_class = ByName
    queryset = RecordedFile.objects.none()

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "look",
                bool,
                description="true: look into the bucket first, and add the key `ledger`.",
            )
        ]
    )
    def get(self, request: Request, pk: int) -> Response:
        session = session_of(request, pk)
        ledger = refresh(session) if request.query_params.get("look") == "true" else None
        page = self.paginate_queryset(session.files.all())
        rows = self.get_serializer(page or [], many=True, context={"url_of": url_of(request)})
        response = self.get_paginated_response(rows.data)
        if ledger:
            response.data["ledger"] = summary(ledger, ended=session.is_final)
        return response


def url_of(request: Request) -> Callable[[RecordedFile], str]:
    """Where a file is read: at its storage, or here where the storage delivers through us."""

    def url(file: RecordedFile) -> str:
        if not is_proxied(file):
            return signed_url(file)
        path = reverse("api:file-content", args=[file.session_id, file.pk])
        return request.build_absolute_uri(path)

    return url


def summary(ledger: Ledger, *, ended: bool) -> dict[str, Any]:
    """Sizes in bytes, durations in milliseconds."""
    return {
        "all_present": ledger.all_present,
        "missing": ledger.missing,
        "size": ledger.size,
        "duration_ms": ledger.duration_ms,
        "findings": [found.sentence for found in findings(ledger, ended=ended)],
    }


class AnyAccept(BaseContentNegotiation):
    """A file is what it is, whatever a player's Accept header asks for."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, str(first.media_type)


class FileView(APIView):
    """One file of one session."""

    content_negotiation_class = AnyAccept

    def file(self, request: Request, pk: int, file_pk: int) -> RecordedFile:
        files = RecordedFile.objects.select_related("session__storage_config")
        return get_object_or_404(files, pk=file_pk, session=session_of(request, pk))


class FileContent(FileView):
    """The bytes of a file, whole or one range of it, through this server."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int, file_pk: int) -> HttpResponseBase:
        stream, headers = open_file(self.file(request, pk, file_pk), request.headers.get("Range"))
        return StreamingHttpResponse(
            stream, status=206 if "Content-Range" in headers else 200, headers=headers
        )


class FilePlaylist(FileView):
    """A playlist as a player can load it: with the address of each slice, and of the slices of the
    lists that continue it on other servers."""

    @extend_schema(
        responses={(200, "application/vnd.apple.mpegurl"): OpenApiResponse(OpenApiTypes.STR)}
    )
    def get(self, request: Request, pk: int, file_pk: int) -> HttpResponseBase:
        file = self.file(request, pk, file_pk)
        ids = dict(file.session.files.values_list("name", "pk"))

        def proxy_url(key: str) -> str:
            return request.build_absolute_uri(
                reverse("api:file-content", args=[pk, ids.get(key, 0)])
            )

        text = playable_playlist(file, proxy_url=proxy_url)
        return HttpResponse(
            text,
            content_type="application/vnd.apple.mpegurl",
            headers={"Cache-Control": "no-store"},
        )


class Timeline(APIView):
    """What was wished, sent and answered, and what came of it; newest first, the last 1000."""

    @extend_schema(responses=EventSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        entries: Any = timeline(session_of(request, pk))[:LONGEST_TIMELINE]
        rows = EventSerializer(entries, many=True)
        return Response({"next": None, "previous": None, "results": rows.data})
