"""Beliefs about texts of users inside pages and figures: they are shown as they are and do nothing."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest
from matplotlib.axes import Axes

from imgsim.base.files.toml import read_toml
from imgsim.base.markup import as_markdown, code, linked
from imgsim.reports.figures.draw_all import save
from imgsim.reports.figures.register import with_plain_texts
from imgsim.reports.figures.style import sheet


@pytest.mark.parametrize("address", ["https://example.org/a?b=1&c=2", "HTTP://example.org"])
def test_an_address_of_the_web_becomes_a_link(address: str) -> None:
    assert linked("A & B", address) == f'<a href="{address.replace("&", "&amp;")}">A &amp; B</a>'


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", " https://example.org", "java\tscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd", "vbscript:x", "//example.org", "https:javascript:alert(1)", "http://",
        '"><script>x</script>', "example.org",
    ],
)  # fmt: skip
def test_any_other_address_is_shown_as_text(address: str) -> None:
    shown = linked("<b>T</b>", address)
    assert shown.startswith("&lt;b&gt;T&lt;/b&gt; (")
    assert "<" not in shown


def test_an_address_cannot_leave_its_attribute() -> None:
    assert linked("T", 'https://e.org/" onmouseover="x') == '<a href="https://e.org/&quot; onmouseover=&quot;x">T</a>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[x](javascript:y)", r"\[x\](javascript:y)"), ("<img src=x>", r"\<img src=x>"), ("a < 5", "a < 5"),
        ("*a* `b`", r"\*a\* \`b\`"), ("us_md _x_", r"us_md \_x\_"), ("# x", r"\# x"), ("&lt;", r"\&lt;"),
        ("A & B", "A & B"),
    ],
)  # fmt: skip
def test_markdown_shows_a_text_as_it_is(text: str, shown: str) -> None:
    assert as_markdown(text) == shown


def test_a_name_stays_in_its_cell_and_in_its_quotes() -> None:
    assert code("a.b") == "`a.b`"
    assert code("a|b`c") == r"`` a\|b`c ``"


def test_a_text_of_a_file_holds_nothing_that_a_page_or_figure_cannot_show(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('title = "\\u001b[2J\\u0000\\u202ex"\nlist = [{a = "b\\u0007"}]\n', "utf-8")
    assert read_toml(file).data == {"title": r"\x1b[2J\x00\u202ex", "list": [{"a": r"b\x07"}]}


def test_labels_are_texts_and_never_formulas_and_a_missing_letter_says_nothing(tmp_path: Path) -> None:
    texts = ("costs $5 and $\\frac{1}$ more", "$\\nothing$", "$a_$ 日本")

    def draw(title: str) -> Axes:
        axes = sheet(title)
        axes.set_yticks([0, 1], texts[:2])
        axes.set_xlabel(texts[2])
        axes.text(0, 0, texts[1])
        return axes

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        save(with_plain_texts(draw)(texts[0]), tmp_path / "figure")
    svg = (tmp_path / "figure.svg").read_text("utf-8")
    assert all(text in svg for text in texts)


def test_nothing_advises_to_install_what_is_not_ours(root: Path) -> None:
    """The public index of packages has another program called imgsim."""
    ours = [*(root / "imgsim").rglob("*.py"), *(root / "docs").rglob("*.md"), *(root / "notebooks").rglob("*.ipynb")]
    for file in [*ours, *root.glob("*.md"), *(root / "changelog.d").glob("*.md"), root / "CITATION.cff"]:
        text = file.read_text("utf-8")
        assert not re.search(r"(pipx?|uv tool) install\s+['\"]?imgsim|imgsim\[[a-z]+\]", text), file
