"""The emulated recording service: its own process, its own data directory, `recorder.contract` and
nothing else of ours.
"""
