"""Addresses of every room."""

from django.urls import URLPattern, URLResolver, include, path

from dienhong.config import health
from dienhong.dossiers import api as services_api
from dienhong.reporting import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("dienhong.base.urls")),
    path("admin-office/", include("dienhong.config.office_urls")),
    path("", include("dienhong.organizations.urls")),
    path("", include("dienhong.indicators.urls")),
    path("feeds/", include("dienhong.indicators.feeds.urls")),
    path("notices/", include("dienhong.notices.urls")),
    path("", include("dienhong.reporting.urls")),
    path("partners/", include("dienhong.exchange.urls")),
    path("documents/", include("dienhong.documents.urls")),
    path("directives/", include("dienhong.directives.urls")),
    path("watch/", include("dienhong.watch.urls")),
    path("payments/", include("dienhong.payments.urls")),
    path("procedures/", include("dienhong.portal.procedure_urls")),
    path("services/", include("dienhong.dossiers.service_urls")),
    path("dossiers/", include("dienhong.dossiers.urls")),
    path("", include("dienhong.centre.urls")),
    path("portal/", include("dienhong.portal.urls")),
    path("api/v1/services/", services_api.api.urls),
    path("api/v1/", api.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
handler400 = "dienhong.base.views.bad_request"
