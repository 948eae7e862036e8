"""Addresses of the base room: language, theme, the list of components."""

from django.urls import path
from django.views.i18n import set_language

from dienhong.base import views

urlpatterns = [
    path("language/", set_language, name="set_language"),
    path("theme/", views.theme, name="theme"),
    path("look/", views.look, name="look"),
]
