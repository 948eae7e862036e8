"""Screens of the portal. Each is open to everybody."""

from dienhong.portal.views import law, lists, pages, procedure, telling

__all__ = ["law", "lists", "pages", "procedure", "telling"]
