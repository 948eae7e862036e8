"""Every verb of the catalogue."""

from dienhong.catalogue.actions.editing import amend, repeal, set_level, set_synchronised
from dienhong.catalogue.actions.loading import import_procedures, load_bundled
from dienhong.catalogue.actions.usage import count

__all__ = ["amend", "count", "import_procedures", "load_bundled", "repeal", "set_level", "set_synchronised"]
