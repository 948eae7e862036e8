"""Screens of the portal. Each is open to everybody."""

from dienhong.portal.views import lists, pages, procedure, telling

__all__ = ["lists", "pages", "procedure", "telling"]
