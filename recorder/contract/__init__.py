"""The recording service's REST contract as data and pure rules: no Django, no I/O.

Everything here restates public documentation in our own words; each row names its source.
"""
