"""Takes new English sentences into the catalogues: `python -m onestop.locale.update [--check]`, in a checkout.

The template is made in memory. Sentences that are gone leave the catalogues, new ones come empty, the others stay.
"""

import argparse
import io
import sys
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


def source_catalogue(root: Path) -> Catalog:
    """Every sentence of the code and the templates below `root`, with the files it stands in."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")

    def is_source(folder: str) -> bool:
        return Path(folder).relative_to(root).parts[0] in ("src", "templates")

    catalogue = Catalog(charset="utf-8")
    for filename, _, text, comments, context in extract_from_dir(
        root, methods, options, KEYWORDS, directory_filter=is_source
    ):
        catalogue.add(text, None, [(filename, 0)], auto_comments=comments, context=context)
    return catalogue


def merged(tag: str, source: Catalog) -> str:
    """The catalogue file of a language with exactly the sentences of `source`; what was translated stays."""
    path = po_path(tag)
    head = _head(tag)
    body = path.read_text(encoding="utf-8") if path.exists() else ""
    texts = body.partition("\n\n")[2]
    catalogue = read_po(io.BytesIO(f"{head}\n{texts}".encode()), locale=tag.replace("-", "_"))
    catalogue.update(source, no_fuzzy_matching=True, update_header_comment=False)
    for message in catalogue:
        message.locations = sorted({(file, 0) for file, _ in message.locations})
        if isinstance(message.string, list | tuple):
            message.string = (tuple(message.string) + ("",) * catalogue.num_plurals)[: catalogue.num_plurals]
    out = io.BytesIO()
    write_po(out, catalogue, width=110, omit_header=True, ignore_obsolete=True, include_lineno=False)
    return f"{head}\n{out.getvalue().decode().strip()}\n"


def _head(tag: str) -> str:
    """Our own header: no dates, which would change with every run, and our own plural rule."""
    return (
        f"# {KNOWN[tag].own_name}. Made by `python -m onestop.locale.update`; translate the msgstr lines.\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {tag}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {KNOWN[tag].plural_forms}\\n"\n'
    )


def main() -> int:
    """Bring the catalogues up to date; with `--check`, only say which are not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 where something would change")
    check_only = parser.parse_args().check
    source = source_catalogue(FOLDER.parents[2])
    behind: list[str] = []
    for tag in LANGUAGES[1:]:
        path, wanted = po_path(tag), merged(tag, source)
        if not path.exists() or path.read_text(encoding="utf-8") != wanted:
            behind.append(tag)
            if not check_only:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(wanted, encoding="utf-8")
        missing = wanted.count('msgstr ""\n\n') + wanted.count('msgstr[0] ""\n') + wanted.endswith('msgstr ""\n')
        print(f"{tag}: {len(source)} sentences, {missing} not translated{', changed' if tag in behind else ''}")
    return 1 if check_only and behind else 0


if __name__ == "__main__":
    sys.exit(main())
