"""One folder is one public service; discovered at start, never imported by name."""
