"""Addresses of what the public sees."""

from django.urls import path

from dienhong.portal import apply_urls, mine_urls, views

app_name = "portal"
urlpatterns = [
    path("", views.pages.home, name="home"),
    path("search", views.pages.search, name="search"),
    path("suggest", views.pages.suggest, name="suggest"),
    path("list/", views.lists.everything, name="list"),
    path("fields/", views.lists.fields, name="fields"),
    path("fields/<slug:slug>/", views.lists.field, name="field"),
    path("agencies/", views.lists.agencies, name="agencies"),
    path("agencies/<slug:slug>/", views.lists.agency, name="agency"),
    path("life/<slug:slug>/", views.lists.life_event, name="life_event"),
    path("law/<str:code>/", views.law.one, name="law"),
    path("seen/", views.telling.seen_view, name="seen"),
    path("feedback/", views.telling.feedback, name="feedback"),
    path("language/", views.telling.language, name="language"),
    path("theme/", views.telling.theme, name="theme"),
    *apply_urls.urlpatterns,
    *mine_urls.urlpatterns,
]
