"""Counting dossiers and their money: what is counted, the sets behind the figures, when it is done, what proves it."""
