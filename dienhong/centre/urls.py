"""Addresses of the Operations Centre."""

from django.urls import path

from dienhong.centre.views import boards, changes, editor, files, screens, tiles, walls

app_name = "centre"
_FIGURE = "changes/<str:code>/<slug:calendar>/<str:period>/<str:unit>"
urlpatterns = [
    path("boards/", boards.boards, name="boards"),
    path("boards/new/", editor.new, name="new"),
    path("boards/import/", files.take_in, name="import"),
    path("boards/<slug:slug>/", boards.board, name="board"),
    path("boards/<slug:slug>.json", files.export, name="export"),
    path("boards/<slug:slug>/edit/", editor.edit, name="edit"),
    path("boards/<slug:slug>/share/", editor.share, name="share"),
    path("boards/<slug:slug>/retire/", editor.retire, name="retire"),
    path("boards/<slug:slug>/tiles/<slug:tile>/", tiles.tile, name="tile"),
    path("boards/<slug:slug>/tiles/<slug:tile>.<str:kind>", tiles.picture, name="picture"),
    path("walls/", walls.walls, name="walls"),
    path("walls/new/", walls.edit, name="new_show"),
    path("walls/screen/", screens.screen, name="screen"),
    path("walls/screen/sign-in/", screens.sign_in, name="screen_sign_in"),
    path("walls/screen/snapshot.json", screens.screen_snapshot, name="screen_snapshot"),
    path("walls/<slug:slug>/", walls.control, name="control"),
    path("walls/<slug:slug>/edit/", walls.edit, name="edit_show"),
    path("walls/<slug:slug>/cue/", walls.cue, name="cue"),
    path("walls/<slug:slug>/displays/", walls.pair, name="pair"),
    path("walls/<slug:slug>/displays/<int:display>/end/", walls.end, name="end_display"),
    path("walls/<slug:slug>/snapshot.json", screens.view_snapshot, name="view_snapshot"),
    path("walls/<slug:slug>/<int:number>/", screens.view, name="view"),
    path(f"{_FIGURE}/", changes.changes, name="changes"),
    path(f"{_FIGURE}.json", changes.changes_json, name="changes_json"),
]
