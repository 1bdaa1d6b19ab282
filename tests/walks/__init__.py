"""First-use walks: a lively hall and a window that shows and touches nothing but the screen."""
