"""The demo: an invented day on this machine, and a crowd that plays it through the public HTTP interface."""
