"""Addresses of the law of services."""

from django.urls import path

from dienhong.dossiers.views import services

app_name = "services"
urlpatterns = [
    path("", services.services, name="list"),
    path("<slug:code>/", services.law, name="law"),
    path("<slug:code>/sign/", services.sign, name="sign"),
]
