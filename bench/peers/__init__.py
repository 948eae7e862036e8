"""Scripts of peers: each runs in an environment of its own, never in ours."""
