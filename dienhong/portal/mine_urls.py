"""Addresses of what somebody has with us, and of following a dossier without an account."""

from django.urls import path

from dienhong.portal.views import mine, track

urlpatterns = [
    path("mine/", mine.mine, name="mine"),
    path("mine/<str:code>/", mine.one, name="mine_one"),
    path("mine/<str:code>/filed/", mine.filed, name="mine_filed"),
    path("mine/<str:code>/files/<int:attachment>/", mine.file, name="mine_file"),
    path("mine/<str:code>/supplement/", mine.supplement, name="mine_supplement"),
    path("mine/<str:code>/withdraw/", mine.withdraw, name="mine_withdraw"),
    path("mine/<str:code>/take-back/", mine.take_back, name="mine_take_back"),
    path("mine/<str:code>/rate/", mine.rate, name="mine_rate"),
    path("mine/<str:code>/complain/", mine.complain, name="mine_complain"),
    path("track/", track.track, name="track"),
]
