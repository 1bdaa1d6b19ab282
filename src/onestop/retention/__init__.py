"""What is erased, when, and how that is kept across a restored backup."""
