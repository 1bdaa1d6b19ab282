"""The yardstick of streams: a bare asyncio server that tells every open stream the same few bytes when it is asked."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from subprocess import PIPE, Popen

from bench._servers import HOST, free_port

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
EVENT = b"25\r\nid: 1\nevent: topic\ndata: board-----\n\n\r\n"


@contextmanager
def bare_fanout() -> Iterator[int]:
    """The server as a process of its own; gives its port."""
    port = free_port()
    process = Popen([sys.executable, "-m", "bench._fanout", str(port)], stdout=PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield port
    finally:
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


def tell(port: int) -> float:
    """Make it tell everybody; gives the moment just before it began, in monotonic seconds."""
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("POST", "/")
    moment = float(connection.getresponse().read())
    connection.close()
    return moment


async def _main(port: int) -> None:
    streams: list[asyncio.StreamWriter] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        if asked.startswith(b"GET"):
            writer.write(HEAD)
            streams.append(writer)
            return
        moment = time.monotonic()
        for stream in streams:
            stream.write(EVENT)
        body = repr(moment).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()

    server = await asyncio.start_server(answer, HOST, port, backlog=2048)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
