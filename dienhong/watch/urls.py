"""Addresses of checks, questions and alerts, below /watch/."""

from django.urls import path

from dienhong.watch.views import alerts, differences, questions, rules, targets

app_name = "watch"
urlpatterns = [
    path("", differences.board, name="differences"),
    path("differences/<int:pk>/", differences.difference, name="difference"),
    path("differences/<int:pk>/<slug:verb>/", differences.act, name="difference_act"),
    path("ask/", questions.ask, name="ask"),
    path("questions/", questions.questions, name="questions"),
    path("questions/<int:pk>/", questions.question, name="question"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<int:pk>/", alerts.alert, name="alert"),
    path("alerts/<int:pk>/<slug:verb>/", alerts.act, name="alert_act"),
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.new, name="rule_new"),
    path("rules/<int:pk>/", rules.rule, name="rule"),
    path("rules/<int:pk>/edit/", rules.edit, name="rule_edit"),
    path("targets/", targets.targets, name="targets"),
    path("targets/new/", targets.new, name="target_new"),
]
