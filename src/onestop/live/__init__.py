"""Live screens: a fan-out of "this topic changed"; who listens fetches again what she may see."""
