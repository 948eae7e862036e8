"""The address of a procedure: its code, in any writing."""

from django.urls import path

from dienhong.portal import views

app_name = "procedures"
urlpatterns = [
    path("<str:code>/", views.procedure.one, name="one"),
    path("<str:code>/amend/", views.editing.amend, name="amend"),
    path("<str:code>/repeal/", views.editing.repeal, name="repeal"),
]
