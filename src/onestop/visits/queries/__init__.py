"""Reads of the live day, one module per screen."""
