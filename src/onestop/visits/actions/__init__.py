"""Acts of the live day: arriving, calling, routing, undoing."""
