"""Pictures of every door for docs/screens: `python -m tests.screens`."""
