"""Addresses of directives, below /directives/."""

from django.urls import path

from dienhong.directives.views import acts, boards, issuing, pages

app_name = "directives"
urlpatterns = [
    path("", pages.today, name="today"),
    path("work/", pages.work, name="work"),
    path("board/", boards.board, name="board"),
    path("board.csv", boards.board_csv, name="board_csv"),
    path("new/", issuing.new, name="new"),
    path("<int:pk>/", pages.directive, name="directive"),
    path("<int:pk>/assign/", issuing.assign, name="assign"),
    path("assignments/<int:pk>/", pages.assignment, name="assignment"),
    path("assignments/<int:pk>/files/<int:file>/", pages.file, name="file"),
    path("assignments/<int:pk>/<slug:verb>/", acts.act, name="act"),
]
