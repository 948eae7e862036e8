"""What a machine can ask and hand in, described for the people who write it: from the schema that machines read."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from dienhong.organizations.http import signed_in
from dienhong.reporting.api import api

# The schema that machines read is in English; a person reads what an operation does in the language of the page.
TITLES = {
    "The duties of one's units": gettext_lazy("Các nghĩa vụ báo cáo của đơn vị mình"),
    "A duty: its form and what it holds": gettext_lazy("Một nghĩa vụ báo cáo: biểu và những gì đang có trong biểu"),
    "Put figures into a duty's draft": gettext_lazy("Ghi số liệu vào bản nháp của một nghĩa vụ"),
    "One indicator: units by periods": gettext_lazy("Một chỉ tiêu: đơn vị theo kỳ"),
    "The figure of a unit, its own or made from all below it": gettext_lazy(
        "Con số của một đơn vị, tự báo cáo hoặc gộp từ mọi đơn vị bên dưới"
    ),
    "Where an indicator changed most between two periods": gettext_lazy("Nơi một chỉ tiêu đổi nhiều nhất giữa hai kỳ"),
}
# What the schema says of them besides, in the same way; elsewhere the English text stands.
TEXTS = {
    "The duties of one's units": gettext_lazy(
        "Những nghĩa vụ đã mở, hạn sớm đứng trước; regime, period và standing lọc danh sách, mỗi trang 100 dòng."
    ),
    "One indicator: units by periods": gettext_lazy(
        "values[i][j] là số của units[i] trong periods[j]; null là không có, empty có thể nói vì sao. units: một loại "
        "đơn vị, hoặc các mã cách nhau bằng dấu phẩy. as_of: giờ nghiệp vụ, ngày hoặc phút."
    ),
    "The figure of a unit, its own or made from all below it": gettext_lazy(
        "how là direct, sum, ratio, weighted, formula hoặc nothing; missing đếm những nơi nợ một phần mà chưa có."
    ),
    "Where an indicator changed most between two periods": gettext_lazy(
        "Các đơn vị dưới unit có số đổi nhiều nhất, lên hay xuống. depth 1 là tỉnh; không nêu thì là cấp cao nhất đã "
        "có số."
    ),
}
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
            "title": TITLES.get(said.get("summary", ""), ""),
            "text": said.get("description", ""),
            "told": TEXTS.get(said.get("summary", ""), ""),
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
