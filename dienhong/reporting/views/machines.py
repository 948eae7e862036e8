"""What a machine can ask and hand in, described for the people who write it: from the schema that machines read."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dienhong.organizations.http import signed_in
from dienhong.reporting.api import api

METHODS = ("get", "post", "put", "patch", "delete")


@signed_in
@require_GET
def machines(request: HttpRequest) -> HttpResponse:
    """Every operation of the JSON API, and the downloads that need none."""
    schema: dict[str, Any] = api.get_openapi_schema()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "summary": said.get("summary", ""),
            "text": said.get("description", ""),
            "parameters": [
                {"name": each["name"], "where": each["in"], "required": each.get("required", False)}
                for each in said.get("parameters", [])
            ],
            "answers": sorted(str(code) for code in said.get("responses", {})),
        }
        for path, methods in sorted(schema["paths"].items())
        for method in METHODS
        if (said := methods.get(method))
    ]
    return render(request, "reporting/machines.html", {"operations": operations, "version": schema["openapi"]})
