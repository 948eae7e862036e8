"""Published statistics: tables of figures enter as feeds of their publisher, each file with its cells as proof.

`tables` reads a file, `loading` writes it as a batch, `proof` answers passports, `sdmx` reads SDMX-ML messages.
"""
