"""Sessions without a sign-in page: what a right password opens."""

from uuid import UUID

from onestop.accounts.actions import Attempt
from onestop.accounts.half_open import open_after_password
from onestop.clock import real_now
from onestop.db.session import Database


def session_of(database: Database, account: UUID) -> str:
    """The token of a fresh session of an account whose stored password is `unused`."""
    attempt = Attempt(account=account, password_hash="unused")
    return database.write_now(open_after_password, attempt, known_browser=None, next_path="", real=real_now()).token
