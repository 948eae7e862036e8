"""Addresses of notices."""

from django.urls import path

from dienhong.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notices, name="list"),
    path("<int:pk>/open/", views.open_one, name="open"),
    path("read/", views.read, name="read"),
    path("preferences/", views.preferences, name="preferences"),
    path("reach/", views.reach, name="reach"),
    path("undelivered/", views.undelivered, name="undelivered"),
    path("undelivered/<int:pk>/again/", views.again, name="again"),
]
