"""Screens: the payer's, the banks' addresses, the accountant's books."""
