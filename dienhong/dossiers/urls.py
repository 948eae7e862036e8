"""Addresses of those who handle dossiers."""

from django.urls import URLPattern, URLResolver, path

from dienhong.dossiers.views import acts, case, figures, queue

app_name = "dossiers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", queue.queue, name="queue"),
    path("next/", queue.take_next, name="next"),
    path("search/", queue.search, name="search"),
    path("figures/", figures.figures, name="figures"),
    path("figures/sets/<int:pk>/", figures.counted, name="counted"),
    path("figures/sets/<int:pk>.json", figures.counted_json, name="counted_json"),
    path("figures/sets/<int:pk>/list/", figures.counted_list, name="counted_list"),
    path("<int:pk>/", case.case, name="case"),
    path("<int:pk>/files/<int:attachment>", case.file, name="file"),
    path("<int:pk>/complaints/<int:complaint>/answer/", acts.answer_complaint, name="answer_complaint"),
    path("<int:pk>/<slug:name>/", acts.act, name="act"),
]
