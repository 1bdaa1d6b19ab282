"""The day pack: what a hall needs on paper when there is no power, no network and no laptop."""
