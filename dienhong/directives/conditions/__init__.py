"""Conditions on numbers: what a figure is made of, what each of its published versions says, what follows from it."""
