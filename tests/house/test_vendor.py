"""Files of others are the ones VERSIONS.md names."""

import base64
import hashlib
import re

from onestop.paths import resource_dir

VENDOR = resource_dir("static") / "vendor"


def test_htmx_is_the_file_that_was_published():
    named = re.search(r"`htmx\.min\.js`: sha384-(\S+)", (VENDOR / "VERSIONS.md").read_text(encoding="utf-8"))
    digest = hashlib.sha384((VENDOR / "htmx" / "htmx.min.js").read_bytes()).digest()

    assert named is not None
    assert base64.b64encode(digest).decode() == named.group(1)


def test_every_pictogram_is_of_the_version_named():
    versions = {
        re.findall(r"@license lucide-static v([\d.]+) - ISC", path.read_text(encoding="utf-8"))[0]
        for path in (VENDOR / "lucide").glob("*.svg")
    }

    assert versions == {
        re.findall(r"\| lucide-static[^|]*\| ([\d.]+) \|", (VENDOR / "VERSIONS.md").read_text("utf-8"))[0]
    }


def test_each_folder_has_its_licence_and_its_line():
    folders = sorted(path.name for path in VENDOR.iterdir() if path.is_dir())
    listed = re.findall(r"^\| `(\w+)/`", (VENDOR / "VERSIONS.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert (sorted(listed), [name for name in folders if not (VENDOR / name / "LICENSE").is_file()]) == (folders, [])
