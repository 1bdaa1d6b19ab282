"""The directory: the centre, its venues and institutions, the services they offer and the words for them."""
