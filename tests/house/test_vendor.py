"""Files of others are the ones VERSIONS.md names."""

import base64
import hashlib
import re

from onestop.paths import resource_dir

VENDOR = resource_dir("static") / "vendor"


def test_scripts_are_the_files_that_were_published():
    named = re.findall(r"`(\S+\.js)`: sha384-(\S+)", (VENDOR / "VERSIONS.md").read_text(encoding="utf-8"))
    digests = [
        (path.name, base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode())
        for path in VENDOR.rglob("*.js")
    ]

    assert (len(digests), sorted(named)) == (3, sorted(digests))


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
    listed = re.findall(r"^\| `([\w-]+)/`", (VENDOR / "VERSIONS.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert (sorted(listed), [name for name in folders if not (VENDOR / name / "LICENSE").is_file()]) == (folders, [])
