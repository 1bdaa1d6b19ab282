"""The one expected failure of this package."""


class BackupWrong(Exception):
    """A backup cannot be made or put back; the message is a sentence for the operator."""
