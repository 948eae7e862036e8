"""Papers that the State gives: typeset, signed, numbered, verified."""
