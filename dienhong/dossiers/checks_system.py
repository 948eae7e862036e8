"""A broken folder of a service is said at start, with the file and the mend."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register

from dienhong.dossiers import folders


@register()
def services_are_whole(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    return [Error(problem, id="dossiers.E001") for problem in folders.problems()]
