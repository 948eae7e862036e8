"""Screens of reporting: fetch with permission, one action or query, render. GET never writes."""
