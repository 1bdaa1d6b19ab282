"""Booking: holds, confirmed bookings, parties, tickets, changes."""
