"""Servers of the reliability tests."""

from collections.abc import Iterator

import pytest

from tests.postgres import Server
from tests.reliability.proxy import serving_behind_proxy
from tests.reliability.server import Running


@pytest.fixture(scope="module")
def behind_proxy(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Two server processes on a PostgreSQL database of this module, reached over HTTPS through Caddy."""
    urls = postgres_server.fresh_database()
    var = tmp_path_factory.mktemp("proxied") / "var"
    with serving_behind_proxy(urls.app, owner_url=urls.owner, var=var) as running:
        yield running
    postgres_server.give_back(urls)
