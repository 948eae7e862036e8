"""Static files under names that carry the hash of their content."""

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]  # brings no types

IMPORT = (
    r"""(?P<matched>import(?s:(?P<what>[\s{].*?))\s*from\s*["'](?P<url>[./].*?)["']\s*;)""",
    """import%(what)s from "%(url)s";""",
)


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also where a script of ours imports another: by its plain name a browser would keep the old one for an hour after
    an upgrade, beside the new script that asks for it. The trap: scripts of packages import what is not there."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *(
            (f"{app.rpartition('.')[2]}/*.js", (IMPORT,))
            for app in settings.INSTALLED_APPS
            if app.startswith("dienhong.")
        ),
    )
