"""The live day: check-in, walk-ins, calls, stops, undo, the board."""
