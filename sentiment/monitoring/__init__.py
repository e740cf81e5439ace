"""Watching a model in production: is what it is asked, and what it answers, still what it was when it was registered?

The tests that decide are these, with one rate of false alarms for a whole window; nothing here reads or writes.
"""
