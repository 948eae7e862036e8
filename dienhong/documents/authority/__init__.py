"""Who vouches for signatures. The demo authority makes its own chain; a real one is plugged in by `holders`."""
