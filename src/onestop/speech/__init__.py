"""Spoken calls: what is said in which language, and the sound of it, recorded by people or made by espeak-ng."""
