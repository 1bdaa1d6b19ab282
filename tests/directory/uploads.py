"""Files that people upload as logos: good ones, and ones that try something."""

import random
import struct
import zlib
from io import BytesIO

from PIL import Image, PngImagePlugin

HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
BOX = '<rect width="10" height="10" fill="#039"/>'


def svg(inside: str = BOX, root: str = 'viewBox="0 0 20 10"', before: str = "") -> bytes:
    """A drawing with these parts."""
    return f"{before}<svg {HEAD} {root}>{inside}</svg>".encode()


def png(width: int = 40, height: int = 20, colour: str = "#003399", **noted: str) -> bytes:
    """A picture of one colour, with notes beside it."""
    notes = PngImagePlugin.PngInfo()
    for name, text in noted.items():
        notes.add_text(name, text)
    return _saved(Image.new("RGBA", (width, height), colour), pnginfo=notes)


def noise(width: int, height: int) -> bytes:
    """A picture that no compression makes small."""
    return _saved(Image.frombytes("RGB", (width, height), random.Random(7).randbytes(3 * width * height)))


def jpeg() -> bytes:
    """A picture of another kind."""
    out = BytesIO()
    Image.new("RGB", (40, 20), "#003399").save(out, "JPEG")
    return out.getvalue()


def huge_png() -> bytes:
    """A few hundred bytes that unfold to four hundred million points."""
    size = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", size), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    made = (struct.pack(">I", len(data)) + name + data + _sum(name + data) for name, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


def _sum(data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(data))


def _saved(picture: Image.Image, **how: object) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", **how)  # pyright: ignore[reportArgumentType]
    return out.getvalue()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE: dict[str, tuple[bytes, str]] = {
    "script": (svg(f"{BOX}<script>alert(1)</script>"), "logo_active"),
    "script of HTML": (svg(f'{BOX}<x:script xmlns:x="http://www.w3.org/1999/xhtml">1</x:script>'), "logo_active"),
    "script in left out parts": (svg(f"{BOX}<metadata><script/></metadata>"), "logo_active"),
    "onload": (svg(root='viewBox="0 0 9 9" onload="alert(1)"'), "logo_active"),
    "onclick in capitals": (svg('<rect width="9" height="9" ONCLICK="alert(1)"/>'), "logo_active"),
    "event of an animation": (svg(f'{BOX}<set attributeName="x" onbegin="alert(1)"/>'), "logo_active"),
    "address that is a program": (svg(f'<a xlink:href="java&#10;script:alert(1)">{BOX}</a>'), "logo_active"),
    "animated address": (svg(f'<a>{BOX}<animate attributeName="href" to="JavaScript:1"/></a>'), "logo_active"),
    "attribute by its type": (
        svg(before='<!DOCTYPE svg [<!ATTLIST rect onload CDATA "alert(1)">]>'),
        "logo_active",
    ),
    "iframe": (svg(f"{BOX}<iframe/>"), "logo_active"),
    "HTML inside": (
        svg(f'{BOX}<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>'),
        "logo_too_rich",
    ),
    "entities": (svg(before='<!DOCTYPE svg [<!ENTITY e "x">]>'), "logo_too_rich"),
    "file of the server": (svg(before='<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]>'), "logo_too_rich"),
    "billion laughs": (
        svg("<title>&l9;</title>", before=f'<!DOCTYPE svg [<!ENTITY l0 "ha">{LAUGHS}]>'),
        "logo_too_rich",
    ),
    "laughs by use": (
        svg(
            '<g id="a0"><rect width="1" height="1"/></g>'
            + "".join(f'<g id="a{n}">{f"""<use xlink:href="#a{n - 1}"/>""" * 10}</g>' for n in range(1, 9))
        ),
        "logo_too_rich",
    ),
    "use in a circle": (svg('<g id="a"><use href="#a"/></g>'), "logo_too_rich"),
    "gradients in a circle": (
        svg(f'<linearGradient id="a" href="#b"/><linearGradient id="b" href="#a"/>{BOX}'),
        "logo_too_rich",
    ),
    "use from elsewhere": (svg('<use href="https://example.org/x.svg#a"/>'), "logo_reaches_out"),
    "photo from elsewhere": (svg('<image href="//example.org/x.png"/>'), "logo_reaches_out"),
    "data address": (svg('<image xlink:href="data:image/svg+xml;base64,PHN2Zz4="/>'), "logo_too_rich"),
    "paint from elsewhere": (
        svg('<rect width="9" height="9" fill="url(https://example.org/#a)"/>'),
        "logo_reaches_out",
    ),
    "paint of data": (
        svg('<rect width="9" height="9" style="fill:URL(data:image/png;base64,AA)"/>'),
        "logo_reaches_out",
    ),
    "style that imports": (svg(f'<style>@import "https://example.org/x.css";</style>{BOX}'), "logo_reaches_out"),
    "style from elsewhere": (svg(f"<style>rect{{fill:url(//example.org/a)}}</style>{BOX}"), "logo_reaches_out"),
    "font": (svg(f"<style>@font-face{{src:url(x)}}</style>{BOX}"), "logo_too_rich"),
    "hidden address in a style": (svg(f"<style>rect{{fill:u\\72l(x)}}</style>{BOX}"), "logo_too_rich"),
    "expression": (svg('<rect width="9" height="9" style="fill:expression(alert(1))"/>'), "logo_active"),
    "effect": (svg('<rect width="9" height="9" filter="url(#a)"/>'), "logo_too_rich"),
    "words": (svg("<text>IOM</text>"), "logo_too_rich"),
    "nothing to see": (svg("<g/>"), "logo_too_rich"),
    "deep": (svg("<g>" * 5000 + BOX + "</g>" * 5000), "logo_too_rich"),
    "many parts": (svg("<g/>" * 4000 + BOX), "logo_too_rich"),
    "no size": (svg(root=""), "logo_without_size"),
    "size without end": (svg(root='viewBox="0 0 1e999 1"'), "logo_without_size"),
    "too long": (svg(f'<path d="M0 0{"L1 1" * 4000}"/>'), "logo_too_long"),
    "too heavy": (svg(f"<!--{'x' * 300_000}-->{BOX}"), "logo_heavy"),
    "huge PNG": (huge_png(), "logo_too_many_points"),
    "half a PNG": (png(400, 400)[:60], "logo_refused"),
    "PNG in name only": (b"\x89PNG\r\n\x1a\n<svg onload='alert(1)'/>", "logo_refused"),
    "GIF and program": (b"GIF89a/*" + svg() + b"*/=alert(1)", "logo_refused"),
    "JPEG": (jpeg(), "logo_refused"),
    "web page": (b"<!doctype html><html><body><script>1</script></body></html>", "logo_refused"),
    "other XML": (b'<svg xmlns="http://example.org/other"><rect/></svg>', "logo_refused"),
    "PDF": (b"%PDF-1.7\n", "logo_refused"),
    "two roots": (svg() + svg(), "logo_refused"),
    "unknown letters": (b'<?xml version="1.0" encoding="klingon"?>' + svg(), "logo_refused"),
    "nothing": (b"", "logo_missing"),
}
