"""Alembic's scripts; run by `onestop.db.migrate`."""
