"""What changes bookings."""
