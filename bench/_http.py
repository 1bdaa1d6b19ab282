"""A small blocking program over one kept connection; what it costs is not counted."""

import json
from http.client import BadStatusLine, HTTPConnection
from typing import Any
from uuid import uuid4

from bench._servers import HOST


class Refused(RuntimeError):
    """The server answered otherwise than the benchmark needs."""


class Program:
    """Sends requests, each as if from a network of its own. Raises `Refused` for an unexpected status."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=60)
        self._sent = 0

    def get(self, path: str, *, expect: int = 200, **headers: str) -> bytes:
        """A GET; underscores in header names stand for hyphens."""
        return self._send("GET", path, None, expect, headers)

    def post(self, path: str, body: Any = None, *, token: str = "", expect: int = 201) -> Any:
        """A POST to the JSON interface with a fresh key; gives the decoded answer."""
        headers = {"Idempotency-Key": uuid4().hex, "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        answer = self._send("POST", f"/api/v1{path}", json.dumps(body or {}).encode(), expect, headers)
        return json.loads(answer) if answer else None

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _send(self, method: str, path: str, body: bytes | None, expect: int, headers: dict[str, str]) -> bytes:
        self._sent += 1
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["X-Forwarded-For"] = f"10.{self._sent >> 16 & 255}.{self._sent >> 8 & 255}.{self._sent & 255}"
        try:
            self._connection.request(method, path, body=body, headers=sent)
            answer = self._connection.getresponse()
        except (ConnectionError, BadStatusLine):
            # The server ends a connection that was silent for ten seconds; the key makes a repeat harmless.
            self._connection.close()
            self._connection.request(method, path, body=body, headers=sent)
            answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != expect:
            raise Refused(f"{method} {path}: {answer.status} {content[:500]!r}")
        return content
