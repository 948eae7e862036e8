"""Copy of a civil status extract."""
