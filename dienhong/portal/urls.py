"""Addresses of this room."""

from django.urls import URLPattern, URLResolver

from dienhong.portal import apply_urls

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [*apply_urls.urlpatterns]
