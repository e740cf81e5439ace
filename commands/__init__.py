"""The command line, one file a group of commands.

These modules import nothing heavy until a command runs, so that ``--help`` answers at once.
"""
