"""Addresses of filling in; `apply/drafts/` stands before the names of services."""

from django.urls import path

from dienhong.portal.views import apply, apply_check, apply_page

urlpatterns = [
    path("apply/drafts/", apply.drafts, name="apply_drafts"),
    path("apply/<slug:service>/", apply.intro, name="apply_intro"),
    path("apply/<slug:service>/start", apply.start, name="apply_start"),
    path("apply/<slug:service>/<int:pk>/check/", apply_check.check, name="apply_check"),
    path("apply/<slug:service>/<int:pk>/send", apply_check.send, name="apply_send"),
    path("apply/<slug:service>/<int:pk>/discard", apply.discard, name="apply_discard"),
    path("apply/<slug:service>/<int:pk>/files/<int:attachment>/", apply.file, name="apply_file"),
    path("apply/<slug:service>/<int:pk>/p/<slug:page>/", apply_page.page, name="apply_page"),
]
