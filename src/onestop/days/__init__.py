"""Advisory days: desks, hours, mediators, languages and the capacity that follows from them."""
