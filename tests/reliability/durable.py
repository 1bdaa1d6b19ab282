"""A PostgreSQL server of one test that really writes to its disk, and can be ended as a crash would end it."""

from urllib.parse import urlsplit

from tests.postgres import SETTINGS, LocalServer

CARELESS = ("fsync=off", "full_page_writes=off")


class DurableServer(LocalServer):
    """Like the server of all tests, with `fsync`."""

    def __init__(self) -> None:
        super().__init__()
        self.restart("fast")

    def restart(self, mode: str = "immediate") -> None:
        """End it and start it again; returns when it takes connections. *Immediate*: nothing is written, no goodbye."""
        kept = [setting for setting in SETTINGS if setting not in CARELESS]
        kept.append(f"port={urlsplit(self.admin_url).port}")
        options = " ".join(f"-c {setting}" for setting in kept)
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-m", mode, "-o", f"{options} -k {self._home}", "restart")
