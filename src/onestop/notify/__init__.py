"""Messages to visitors: the outbox, their texts, and the sender."""
