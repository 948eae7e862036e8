"""Addresses of this room: screens for administrators and auditors, two doors for machines."""

from django.urls import path

from dienhong.exchange import inbox, views

app_name = "exchange"
urlpatterns = [
    path("", views.partners, name="partners"),
    path("keys", inbox.our_keys, name="our_keys"),
    path("messages/", views.messages_list, name="messages"),
    path("messages/<uuid:uid>/", views.message, name="message"),
    path("messages/<uuid:uid>/try-now/", views.try_now, name="try_now"),
    path("outbox/", views.outbox, name="outbox"),
    path("issues/<int:pk>/close/", views.close_issue, name="close_issue"),
    path("keys/<int:pk>/end/", views.end_key, name="end_key"),
    path("<slug:key>/", views.partner, name="partner"),
    path("<slug:key>/address/", views.set_address, name="set_address"),
    path("<slug:key>/active/", views.set_active, name="set_active"),
    path("<slug:key>/keys/", views.add_key, name="add_key"),
    path("<slug:key>/inbox", inbox.inbox, name="inbox"),
]
