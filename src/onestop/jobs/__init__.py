"""What runs when: every job is a line that calls an action, and running it twice is harmless."""
