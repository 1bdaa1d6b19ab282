"""A film for the camera of Chromium: somebody holds a code before it."""

from pathlib import Path

import qrcode
from PIL import Image


def film(text: str, file: Path) -> None:
    """What a camera sees of a code that is held to it (or of nothing): a YUV4MPEG2 file of four frames."""
    width, height = 640, 480
    picture = Image.new("YCbCr", (width, height), (96, 128, 128))
    if text:
        code = qrcode.make(text, border=4).get_image().convert("L").resize((300, 300))
        picture.paste(code.convert("RGB").convert("YCbCr"), (190, 80))
    light, *colours = picture.split()
    planes = light.tobytes() + b"".join(each.resize((width // 2, height // 2)).tobytes() for each in colours)
    file.write_bytes(f"YUV4MPEG2 W{width} H{height} F5:1 Ip A1:1 C420jpeg\n".encode() + 4 * (b"FRAME\n" + planes))


def camera(file: Path) -> list[str]:
    """The switches of a Chromium whose camera shows this film; it is read anew whenever the camera begins."""
    return ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={file}"]
