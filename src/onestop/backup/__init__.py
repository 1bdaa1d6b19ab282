"""Backups of the database: taken while the server runs, put back with nobody in them who was erased since."""
