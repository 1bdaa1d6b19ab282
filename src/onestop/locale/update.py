"""Takes new English sentences into the catalogues: `python -m onestop.locale.update [--check]`, in a checkout.

The template is made in memory. Sentences that are gone leave the catalogues, new ones come empty, the others stay.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from onestop.locale.catalogue import FOLDER, po_path
from onestop.locale.languages import KNOWN, LANGUAGES

KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team)[^\n]*\n', re.M)


def source_catalogue(root: Path) -> Catalog:
    """Every sentence of the code and the templates below `root`, with the files it stands in."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")
    catalogue = Catalog(charset="utf-8")
    for folder in ("src/onestop", "templates"):
        found = extract_from_dir(root / folder, methods, options, KEYWORDS, dirname_filter=_is_source)
        for filename, _line, message, comments, context in _relative(found, folder, methods, options, root):
            catalogue.add(message, None, [(filename, 0)], auto_comments=comments, context=context)
    return catalogue
