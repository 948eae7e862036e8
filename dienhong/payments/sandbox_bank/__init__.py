"""The play bank: a separate small program with its own books, its own pages and faults that can be switched on.

It stands for a bank and for the payment platform, in the demo and in tests. It listens on loopback only, imports no
Django and shares no table with the site: what the two know of each other goes over HTTP.
"""
