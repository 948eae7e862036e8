"""Setting two figures side by side: what to compare, over many units at once, and what follows from it."""
