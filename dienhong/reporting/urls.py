"""Addresses of reporting."""

from django.urls import path

from dienhong.reporting.views import acts, boards, duties, entry

app_name = "reporting"
urlpatterns = [
    path("duties/", duties.duties, name="duties"),
    path("duties/<int:pk>/", duties.duty, name="duty"),
    path("duties/<int:pk>/start/", acts.start, name="start"),
    path("duties/<int:pk>/entry/", entry.entry, name="entry"),
    path("versions/<int:pk>/save/", entry.save, name="save"),
    path("versions/<int:pk>/undo/", entry.undo, name="undo"),
    path("versions/<int:pk>/explain/", acts.explain, name="explain"),
    path("versions/<int:pk>/workbook/", boards.workbook, name="workbook"),
    path("versions/<int:pk>/original/", boards.original, name="original"),
    path("versions/<int:pk>/<slug:verb>/", acts.act, name="act"),
    path("sign/", boards.sign, name="sign"),
    path("reports/", boards.regimes, name="regimes"),
    path("reports/<str:code>/<slug:calendar>/<str:key>/", boards.board, name="board"),
]
