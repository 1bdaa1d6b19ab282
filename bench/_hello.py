"""The yardstick: a Litestar application that says hello, under the very server configuration of onestop."""

import sys

from litestar import Litestar, get

from onestop.serve import server
from onestop.settings import Settings


@get("/", media_type="text/plain", sync_to_thread=False)
def hello() -> str:
    """Five letters."""
    return "hello"


def create() -> Litestar:
    """The factory the server calls."""
    return Litestar([hello], openapi_config=None, logging_config=None)


if __name__ == "__main__":
    bare = server(Settings(), port=int(sys.argv[1]))
    bare.target = "bench._hello:create"
    bare.serve()
