"""Reads of days."""
