"""Screens: signing in and one's own account (`account`), the administrator's office (the rest)."""
