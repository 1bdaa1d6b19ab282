"""Known mistakes, made one at a time in a copy of the checkout: the tests named beside each must notice it."""
