"""Screens of the portal. Each is open to everybody, but for `editing`."""

from dienhong.portal.views import editing, law, lists, pages, procedure, telling

__all__ = ["editing", "law", "lists", "pages", "procedure", "telling"]
