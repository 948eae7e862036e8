"""Loading the folders of services: a folder that changed becomes a new version; open dossiers keep theirs."""

from django.db import transaction
from django.utils import timezone

from dienhong.base import brief, store
from dienhong.dossiers import folders
from dienhong.dossiers.folders import Folder
from dienhong.dossiers.models import Service, ServiceVersion
from dienhong.journal.actions import record
from dienhong.organizations.registry import action


@action("dossiers.load_services")
def load_services(*, by: str) -> list[ServiceVersion]:
    """Load each folder; returns the versions that are new. Raises FolderBroken, with the others loaded."""
    fresh, broken = [], []
    for code in folders.names():
        try:
            fresh += _load(by, folders.get(code))
        except folders.FolderBroken as error:
            broken.append(str(error))
    brief.forget()
    if broken:
        raise folders.FolderBroken("; ".join(broken))
    return fresh


@transaction.atomic
def _load(by: str, folder: Folder) -> list[ServiceVersion]:
    service, _made = Service.objects.get_or_create(code=folder.code)
    service = Service.objects.select_for_update().get(pk=service.pk)
    newest = service.versions.order_by("-number").first()
    if newest and newest.digest == folder.digest:
        return []
    if service.procedure != folder.sheet["procedure"]:
        service.procedure = folder.sheet["procedure"]
        service.save(update_fields=["procedure"])
    version = ServiceVersion.objects.create(
        service=service,
        number=(newest.number if newest else 0) + 1,
        digest=folder.digest,
        sheet=folder.sheet,
        form=folder.form.json(),
        process=folder.process.json(),
        drawing=store.put(folder.drawing),
        loaded_at=timezone.now(),
    )
    record(
        by=by, verb="dossiers.load_services", object_kind="service", object_id=folder.code,
        data={"number": version.number, "digest": folder.digest},
    )  # fmt: skip
    return [version]


def current(code: str) -> ServiceVersion:
    """The version under which a dossier is submitted now. Raises ServiceVersion.DoesNotExist."""
    return ServiceVersion.objects.filter(service__code=code).select_related("service").latest("number")
