"""Kiosks and displays: pairing, tokens, heartbeat."""
