"""The browsable documentation, and what the schema says of every route alike."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "fields": {
                    "type": "object",
                    "description": "Sentences by field; for a request to the provider by the path"
                    " of the field in it.",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
                "provider": {
                    "type": "object",
                    "properties": {
                        "http_status": {"type": ["integer", "null"]},
                        "code": {"type": ["integer", "null"]},
                        "reason": {"type": "string"},
                    },
                },
                "session": {
                    "type": "object",
                    "description": "The session that a refused start left behind.",
                    "properties": {
                        "id": {"type": "integer"},
                        "reference": {"type": "string"},
                    },
                },
            },
        }
    },
}


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The schema as a page. Its script is a file of ours, as our content-security policy wants."""
    return render(request, "api/docs.html")


def add_errors(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Schema hook: every operation may answer with the one shape of an error."""
    result["components"]["schemas"]["Error"] = ERROR
    reference = {"$ref": "#/components/schemas/Error"}
    answer = {"description": "Refused", "content": {"application/json": {"schema": reference}}}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"].setdefault("default", answer)
    return result
