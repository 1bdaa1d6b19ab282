"""The rule book: everything the shop decides. Standard library only; no I/O, no framework, no clock."""
