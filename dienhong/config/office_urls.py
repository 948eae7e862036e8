"""Addresses of the administrator's screens about the system."""

from django.urls import path

from dienhong.config import office

urlpatterns = [
    path("system/", office.system, name="office_system"),
    path("system/take-down/", office.take_down, name="office_take_down"),
    path("system/mail/", office.try_mail, name="office_try_mail"),
    path("units/<int:pk>/duties/", office.unit_duties, name="office_unit_duties"),
]
