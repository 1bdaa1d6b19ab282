"""The ticket machine's own program: keeps giving tickets when the line to the server is cut."""

__version__ = "0.1.0"
