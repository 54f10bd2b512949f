"""Callbacks in: verified, kept once, told to their sessions, counted."""
