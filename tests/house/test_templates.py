"""Templates and their contexts fit: what a page uses is what its dataclass gives, and nothing is written inline."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, meta, nodes

import onestop.web
from onestop.paths import resource_dir
from onestop.web.kit.locale import locale_for
from onestop.web.kit.pages import PAGES, environment_for

TEMPLATES = resource_dir("templates")
FRAME = {"chrome"}
UNESCAPED = re.compile(r"\|\s*safe\b|{%-?\s*autoescape\b")
LAYOUT_BLOCKS = {"title", "main", "styles", "scripts", "header", "footer", "html_class", "robots", "body_attributes"}
INLINE = re.compile(r"\sstyle\s*=|<style\b|<script(?![^>]*\bsrc=)|\son[a-z]+\s*=|javascript:", re.IGNORECASE)


def environment() -> Environment:
    return environment_for(locale_for("en"))


@cache
def source(name: str) -> str:
    """A template without its comments."""
    return re.sub(r"{#.*?#}", "", (TEMPLATES / name).read_text(encoding="utf-8"), flags=re.DOTALL)


def all_templates() -> list[str]:
    return sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


def pages() -> dict[type, str]:
    """Every registered page, once every module of the doors has been read."""
    for module in pkgutil.walk_packages(onestop.web.__path__, "onestop.web."):
        importlib.import_module(module.name)
    return PAGES


def parents_and_parts(name: str) -> Iterator[str]:
    """The templates a template extends or includes by name: they see the same variables."""
    tree = environment().parse(source(name))
    for node in tree.find_all((nodes.Extends, nodes.Include)):
        if isinstance(node.template, nodes.Const):
            yield node.template.value


def family(name: str) -> set[str]:
    found = {name}
    for other in parents_and_parts(name):
        found |= family(other)
    return found


def variables(name: str) -> set[str]:
    """The variables a template and its family use that nobody but the context can give."""
    used: set[str] = set()
    for member in family(name):
        used |= meta.find_undeclared_variables(environment().parse(source(member)))
    return used - set(environment().globals) - FRAME


def test_every_page_uses_exactly_the_fields_of_its_context():
    wrong = {
        template: {"not used": sorted(given - used), "not given": sorted(used - given)}
        for context, template in pages().items()
        if (given := {spec.name for spec in fields(context)}) != (used := variables(template))
    }

    assert (len(PAGES) > 2, wrong) == (True, {})


def test_every_context_is_frozen():
    assert [c.__name__ for c in pages() if not c.__dataclass_params__.frozen] == []  # pyright: ignore


def test_every_template_that_is_a_whole_page_has_a_context():
    whole = {
        name for name in all_templates() if "base.html" in family(name) and not name.startswith(("layouts/", "base"))
    }

    assert whole - set(pages().values()) == set()


@pytest.mark.parametrize("name", sorted(path.name for path in (TEMPLATES / "components").glob("*.html")))
def test_components_see_only_what_they_are_given(name: str):
    assert variables(f"components/{name}") == set()


def test_no_template_holds_inline_style_script_or_handler():
    assert [
        f"{name}: {found.group(0).strip()}"
        for name in all_templates()
        if not name.startswith("email/")  # mail programs know no style sheets
        and (found := INLINE.search(source(name)))
    ] == []


@pytest.mark.parametrize("bad", ['<p style="x">', "<script>x()</script>", '<a onclick="x">', "<a href='javascript:x'>"])
def test_inline_things_are_recognised(bad: str):
    assert INLINE.search(bad)


def test_every_pictogram_named_in_a_template_is_there():
    named = {
        (name, icon)
        for name in all_templates()
        for icon in re.findall(r"""(?:\bicon\(|\bicon=)["']([a-z0-9-]+)["']""", source(name))
    }
    folder = resource_dir("static") / "vendor" / "lucide"

    assert (len(named) > 10, {pair for pair in named if not (folder / f"{pair[1]}.svg").exists()}) == (True, set())


def test_every_component_used_in_a_template_exists():
    ui = environment().globals["ui"]
    used = {(name, macro) for name in all_templates() for macro in re.findall(r"\bui\.(\w+)", source(name))}

    assert {pair for pair in used if not hasattr(ui, pair[1])} == set()


def test_every_style_sheet_and_script_named_in_a_template_is_there():
    named = {path for name in all_templates() for path in re.findall(r'static_url\("([^"]+)"\)', source(name))}

    assert {path for path in named if not (resource_dir("static") / path).is_file()} == set()


def test_a_fragment_is_called_by_the_id_of_its_root_element():
    wrong: list[str] = []
    for name in all_templates():
        for block, inside in re.findall(r"{%-? block (\w+)[^%]*%}(.*?){%-? endblock", source(name), re.DOTALL):
            root = re.match(r"\s*<\w+[^>]*?\sid=\"([^\"]+)\"", inside, re.DOTALL)
            if block not in LAYOUT_BLOCKS and (root is None or root.group(1).replace("-", "_") != block):
                wrong.append(f"{name}: {block}")

    assert wrong == []


def test_templates_stay_short_enough_to_read():
    assert [path for path in map(str, all_templates()) if len(source(path).splitlines()) > 400] == []


def test_the_folder_of_templates_is_the_checkouts():
    assert Path(__file__).parents[2] / "templates" == TEMPLATES


def test_no_template_lets_markup_through_that_somebody_typed() -> None:
    assert [name for name in all_templates() if UNESCAPED.search(source(name))] == []


@pytest.mark.parametrize(
    "bad", ["{{ name|safe }}", "{{ name | safe }}", "{% autoescape false %}", "{%- autoescape x %}"]
)
def test_a_switched_off_escape_is_found(bad: str) -> None:
    assert UNESCAPED.search(bad)
