"""onestop runs one-stop advisory days for migrants, from the booking to the last desk."""

__version__ = "0.1.0"
