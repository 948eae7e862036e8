"""Screens of those who handle dossiers."""
