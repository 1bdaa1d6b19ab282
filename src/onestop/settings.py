"""Every setting of an installation: typed, one sentence each, read once from a TOML file and `ONESTOP_…` variables."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any


class SettingsWrong(Exception):
    """A setting cannot be read; the message names it and says what it should be."""


def _says(sentence: str, default: Any = MISSING, *, secret: bool = False) -> Any:
    metadata = {"says": sentence, "secret": secret}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The effective configuration."""

    var: Path = _says("Folder for the database, keys and caches.", Path("var"))
    database_url: str = _says("SQLAlchemy address of the database; empty: SQLite in the var folder.", "", secret=True)
    database_owner_url: str = _says("Address with the owner role, for migrations; empty: the same.", "", secret=True)
    base_url: str = _says("Public address that tickets and mails carry; empty: hall laptop without one.", "")
    host: str = _says("Address the server listens on.", "127.0.0.1")
    port: int = _says("Port the server listens on.", 8000)
    workers: int = _says("Server processes; more than one needs PostgreSQL.", 1)
    trusted_proxies: tuple[str, ...] = _says("Addresses of proxies whose forwarded headers are believed.", ())
    smtp_host: str = _says("Mail server; empty: no mail is sent.", "")
    smtp_port: int = _says("Port of the mail server.", 587)
    smtp_user: str = _says("Name for the mail server; empty: no sign-in.", "")
    smtp_password: str = _says("Password for the mail server.", "", secret=True)
    smtp_tls: str = _says(
        "How mail is protected: starttls, tls, none (loopback only) or unsafe (a mail catcher).", "starttls"
    )
    mail_from: str = _says("Sender address of mails.", "")
    sms_url: str = _says("Address of the gateway for text messages; empty: telephone numbers get none.", "")
    sms_secret: str = _says("What text messages are signed with for the gateway.", "", secret=True)
    metrics_token: str = _says("Token that opens /metrics; empty: closed.", "", secret=True)
    log: str = _says("Form of the log: text for people, json for programs.", "text")
    contact_days: int = _says("Days after the day that contact data are kept.", 7)
    hold_minutes: int = _says("Minutes a chosen time is kept while the form is completed.", 10)

    @property
    def database(self) -> str:
        """The database address, the default filled in."""
        return self.database_url or f"sqlite:///{(self.var / 'onestop.db').absolute()}"

    def make_var(self) -> None:
        """Make the var folder if there is none. Raises `SettingsWrong` when it cannot be used."""
        try:
            self.var.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsWrong(f"var: the folder {self.var} cannot be made: {error.strerror}.") from error
        if not os.access(self.var, os.R_OK | os.W_OK | os.X_OK):
            raise SettingsWrong(f"var: the folder {self.var} may not be read and written by this user.")

    @property
    def ticket_key_file(self) -> Path:
        """The key tickets are derived from; outside the database and its backups."""
        return self.var / "ticket.key"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from `ONESTOP_CONFIG` (a TOML file) and `ONESTOP_…` variables, which win. Raises `SettingsWrong`."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    if path := environ.get("ONESTOP_CONFIG"):
        try:
            values = tomllib.loads(Path(path).read_text())
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise SettingsWrong(f"ONESTOP_CONFIG: the file {path} cannot be read: {error}") from error
    known = {item.name: item for item in fields(Settings)}
    if unknown := sorted(set(values) - set(known)):
        raise SettingsWrong(f"{environ['ONESTOP_CONFIG']}: unknown settings: {', '.join(unknown)}")
    for name in known:
        if (text := environ.get(f"ONESTOP_{name.upper()}")) is not None:
            values[name] = text
    settings = Settings(**{name: _typed(name, known[name].type, value) for name, value in values.items()})
    if settings.smtp_tls not in {"starttls", "tls", "none", "unsafe"}:
        raise SettingsWrong("smtp_tls must be starttls, tls, none or unsafe.")
    if settings.log not in {"text", "json"}:
        raise SettingsWrong("log must be text or json.")
    return settings


def _typed(name: str, kind: Any, value: Any) -> Any:
    if kind is int:
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            raise SettingsWrong(f"{name} must be a whole number, not {value!r}.") from error
    if kind is Path:
        return Path(value)
    if kind == tuple[str, ...]:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else tuple(value)
    return str(value)


def describe(settings: Settings) -> list[tuple[str, str, str]]:
    """Name, shown value (secrets masked) and sentence of every setting."""
    rows: list[tuple[str, str, str]] = []
    for item in fields(Settings):
        value = getattr(settings, item.name)
        shown = "(set)" if item.metadata["secret"] and value else str(value)
        rows.append((item.name, shown, item.metadata["says"]))
    return rows
