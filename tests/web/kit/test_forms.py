"""Reading forms: nothing that is typed breaks anything."""

from tests.web.kit.probes import talk
from tests.web.site import Site

URLENCODED = "application/x-www-form-urlencoded"


async def _read(site: Site, body: bytes, content_type: str = URLENCODED) -> str:
    answer = await talk(site.app, "POST", "/probe/form", headers={"content-type": content_type}, chunks=(body,))
    assert answer.status == 200, answer.body
    return answer.body.decode()


async def test_fields_are_read_trimmed_and_cut(probed: Site) -> None:
    body = b"name=%20%D0%9E%D0%BB%D0%B5%D0%BD%D0%B0%20&n=7&need=a&need=b&child=on"

    assert await _read(probed, body) == repr(("Олена", 7, ["a", "b"], True, ""))


async def test_digits_of_any_script_are_numbers_and_everything_else_is_none(probed: Site) -> None:
    typed = ("٧", "-3", "1_0", "1.5", "", "²", "9" * 40)
    told = [(await _read(probed, f"n={value}".encode())) for value in typed]

    assert told == [repr(("", number, [], False, "")) for number in (7, -3, None, None, None, None, 999999999999)]


async def test_rubbish_is_read_without_a_failure(probed: Site) -> None:
    for body in (b"\xff\xfe=\xff", b"name=%ff%00%ed%a0%80", b"=&&==", b"%", b"name", b"name=" + b"x" * 200_000):
        assert (await _read(probed, body)).startswith("(")


async def test_multipart_is_read_without_its_files(probed: Site) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nAmira\r\n'
        b'--b\r\nContent-Disposition: form-data; name="need"; filename="x.txt"\r\n\r\nfile\r\n--b--\r\n'
    )

    assert await _read(probed, body, "multipart/form-data; boundary=b") == repr(("Amira", None, [], False, ""))


async def test_malformed_multipart_is_refused_and_other_types_are_empty(probed: Site) -> None:
    broken = [
        (await talk(probed.app, "POST", "/probe/form", headers={"content-type": kind}, chunks=(body,))).status
        for kind, body in (
            ("multipart/form-data", b"x"),
            ("multipart/form-data; boundary=b", b"--b\r\nrubbish"),
            ("multipart/form-data; boundary=b", b"--c"),
        )
    ]

    assert broken == [400, 400, 400]
    assert await _read(probed, b'{"name": "x"}', "application/json") == repr(("", None, [], False, ""))
