"""The database: engines, transactions, the ledger, idempotency and migrations; one shape of code for both databases."""
