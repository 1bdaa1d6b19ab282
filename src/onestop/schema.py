"""Every table of the product on one metadata: importing this module is what `db check` and new migrations need."""

from onestop.accounts import tables as accounts
from onestop.booking import tables as booking
from onestop.days import tables as days
from onestop.db import clock_row, idempotency, ledger, memo
from onestop.db.base import metadata
from onestop.devices import tables as devices
from onestop.directory import tables as directory
from onestop.notify import tables as notify
from onestop.referrals import tables as referrals
from onestop.visits import tables as visits

__all__ = [
    "accounts",
    "booking",
    "clock_row",
    "days",
    "devices",
    "directory",
    "idempotency",
    "ledger",
    "memo",
    "metadata",
    "notify",
    "referrals",
    "visits",
]
