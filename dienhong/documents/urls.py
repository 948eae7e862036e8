"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from dienhong.documents import api, views

app_name = "documents"
urlpatterns: list[URLPattern | URLResolver] = [
    path("verify/", views.verify, name="verify"),
    path("v/<str:code>", views.code, name="code"),
    path("<int:pk>/file", views.file, name="file"),
    path("authority/", views.authority, name="authority"),
    path("authority/root.crt", views.root, name="root"),
    path("authority/list.crl", views.revocation_list, name="revocation_list"),
    path("api/verify", api.verify, name="api_verify"),
    path("api/verify/<str:code>", api.code, name="api_code"),
]
