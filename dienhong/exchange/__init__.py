"""Partners, their keys, what was asked and answered, what must still be delivered."""
