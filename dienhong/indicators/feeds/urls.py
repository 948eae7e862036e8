"""Addresses of feed files: the page that shows a cell, and the file itself."""

from django.urls import path

from dienhong.indicators.feeds import views

app_name = "feeds"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.table, name="table"),
    path("<int:pk>/file", views.file, name="file"),
]
