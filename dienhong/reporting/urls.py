"""Addresses of reporting."""

from django.urls import path, re_path

from dienhong.reporting.views import (
    acts,
    boards,
    duties,
    entry,
    home,
    journal,
    live,
    narratives,
    printing,
    returns,
    signing,
    uploads,
)

app_name = "reporting"
urlpatterns = [
    path("", home.home, name="home"),
    path("overview/", home.overview, name="overview"),
    path("duties/", duties.duties, name="duties"),
    path("duties/<int:pk>/", duties.duty, name="duty"),
    path("duties/<int:pk>/start/", acts.start, name="start"),
    path("duties/<int:pk>/entry/", entry.entry, name="entry"),
    path("duties/<int:pk>/print/", printing.print_form, name="print"),
    path("duties/<int:pk>/template/", uploads.download_template, name="template"),
    path("duties/<int:pk>/upload/", uploads.upload, name="upload"),
    path("uploads/<int:pk>/", uploads.result, name="upload_result"),
    path("uploads/<int:pk>/again/", uploads.again, name="upload_again"),
    path("uploads/<int:pk>/marked/", uploads.marked, name="upload_marked"),
    path("uploads/<int:pk>/file/", uploads.handed_in, name="upload_file"),
    path("versions/<int:pk>/save/", entry.save, name="save"),
    path("versions/<int:pk>/undo/", entry.undo, name="undo"),
    path("versions/<int:pk>/picture/", live.picture, name="picture"),
    path("versions/<int:pk>/here/", live.here, name="here"),
    path("versions/<int:pk>/comment/", live.comment, name="comment"),
    path("versions/<int:pk>/explain/", acts.explain, name="explain"),
    path("versions/<int:pk>/narrative/<slug:section>/", narratives.save, name="narrative"),
    path("versions/<int:pk>/narrative/<slug:section>/text/", narratives.preview, name="narrative_preview"),
    path("versions/<int:pk>/workbook/", boards.workbook, name="workbook"),
    path("versions/<int:pk>/original/", boards.original, name="original"),
    path("versions/<int:pk>/give-back/", returns.give_back, name="give_back"),
    path("versions/<int:pk>/<slug:verb>/", acts.act, name="act"),
    path("sign/", signing.sign, name="sign"),
    path("sign/approve/", signing.approve_chosen, name="approve_chosen"),
    path("journal/", journal.journal, name="journal"),
    path("journal/proof.json", journal.proof, name="journal_proof"),
    path("reports/", boards.regimes, name="regimes"),
    path("reports/<str:code>/<slug:calendar>/<str:key>/", boards.board, name="board"),
    re_path(
        r"^reports/(?P<code>[^/]+)/(?P<calendar>[\w-]+)/(?P<key>[^/]+)/board\.(?P<kind>csv|xlsx)$",
        boards.board_file,
        name="board_file",
    ),
    path("reports/<str:code>/<slug:calendar>/<str:key>/act/", boards.act_on_chosen, name="board_act"),
]
