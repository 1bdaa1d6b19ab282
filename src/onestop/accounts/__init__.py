"""Who is who: accounts, grants, sessions, day passes and bearer tokens."""
