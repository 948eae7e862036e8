"""Addresses of the organizations room, and those allauth keeps for password and second factor."""

from django.urls import include, path

from dienhong.organizations import views

urlpatterns = [
    path("sign-in/", views.sign_in_page, name="sign_in"),
    path("account/", views.my_account, name="my_account"),
    path("account/sessions/<int:pk>/end/", views.end_one_session, name="end_session"),
    path("account/", include("allauth.urls")),
]
