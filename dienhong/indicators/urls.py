"""Addresses of indicators and of passports."""

from django.urls import path

from dienhong.indicators.views import catalogue, conflicts, figures, indicator

app_name = "indicators"
_FIGURE = "figures/<str:code>/<slug:calendar>/<str:period>/<str:unit>"
urlpatterns = [
    path("indicators/", catalogue.indicators, name="list"),
    path("indicators/conflicts/", conflicts.conflicts, name="conflicts"),
    path("indicators/<str:code>.csv", catalogue.download_csv, name="csv"),
    path("indicators/<str:code>.json", catalogue.download_json, name="json"),
    path("indicators/<str:code>/", indicator.indicator, name="indicator"),
    path(f"{_FIGURE}.json", figures.figure_json, name="figure_json"),
    path(f"{_FIGURE}/", figures.figure, name="figure"),
    path(f"{_FIGURE}/branch/", figures.branch, name="branch"),
    path(f"{_FIGURE}/versions/", figures.versions, name="versions"),
    path(f"{_FIGURE}/versions.json", figures.versions_json, name="versions_json"),
    path(f"{_FIGURE}/why/", figures.why, name="why"),
    path(f"{_FIGURE}/why.json", figures.why_json, name="why_json"),
    path("batches/<int:batch>/", figures.batch, name="batch"),
    path("batches/<int:batch>.json", figures.batch_json, name="batch_json"),
    path(f"{_FIGURE}/recompute/", figures.recompute, name="recompute"),
]
