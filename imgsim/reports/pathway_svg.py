"""A pathway as an SVG picture: phases as columns, kinds of stage as shapes, outcomes on the arrows, timers dashed."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from imgsim.inputs.kinds.all_kinds import KINDS, can_expire
from imgsim.inputs.kinds.end import END
from imgsim.inputs.kinds.kind import Shape
from imgsim.inputs.reforms.differences import PathwayDifferences
from imgsim.reports.pathway_layout import ENDS, HEIGHT, WIDTH, Arrow, Box, Layout, Point, layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgsim.inputs.pathways.pathway import Pathway, Stage, Timer

INKS = ("#33506e", "#7a5230", "#4f6d2f", "#6b3f7d", "#2f7676", "#8a3b52", "#5b5b8c", "#7d6a1e")
END_INK = "#a33a3a"
REFORM_INK = "#d6006c"
NO_DIFFERENCES = PathwayDifferences()
REFORM_SAYS = ("added by the reform", "changed by the reform: wiring or a number")
WRAP = 29  # letters of a label that fit on one line of a stage
STYLE = """
text { font-family: Helvetica, Arial, sans-serif; fill: #222; }
.name { font-size: 8.5px; fill: #666; font-family: Menlo, Consolas, monospace; }
.label { font-size: 11px; } .phase { font-size: 15px; font-weight: bold; } .note { font-size: 11px; fill: #444; }
.title { font-size: 19px; font-weight: bold; } .outcome { font-size: 10px; }
.halo { font-size: 10px; stroke: #fff; stroke-width: 3px; stroke-linejoin: round; fill: #fff; }
.arrow { fill: none; stroke-width: 1.3; stroke-linejoin: round; } .dashed { stroke-dasharray: 4 3; }
"""


def spaced_words(name: str) -> str:
    """A key of the pathway as words: `not_listed` -> `not listed`."""
    return name.replace("_", " ")


def _polygon(points: Iterable[Point], style: str) -> str:
    return f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" {style}/>'


def _rectangle(x: float, y: float, w: float, h: float, radius: float, style: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{radius}" {style}/>'


def outline(shape: Shape, x: float, y: float, w: float = WIDTH, h: float = HEIGHT) -> str:
    """The outline of a stage drawn in this shape, as SVG."""
    style = f'fill="{shape.fill}" stroke="{shape.line}" stroke-width="1.3"'
    cut = min(11.0, h / 2 if shape.outline == "hexagon" else h / 3)
    if shape.outline == "hexagon":
        corners = [(x + cut, y), (x + w - cut, y), (x + w, y + h / 2), (x + w - cut, y + h), (x + cut, y + h)]
        return _polygon([*corners, (x, y + h / 2)], style)
    if shape.outline == "octagon":
        above = [(x, y + cut), (x + cut, y), (x + w - cut, y), (x + w, y + cut)]
        return _polygon([*above, *((u, 2 * y + h - v) for u, v in reversed(above))], style)
    return _rectangle(x, y, w, h, h / 2.2 if shape.outline == "pill" else shape.corner, style) + inner_marks(
        shape, x, y, w, h
    )


def inner_marks(shape: Shape, x: float, y: float, w: float, h: float) -> str:
    """What is drawn inside the outline: a second frame, a bar at either side, or nothing."""
    if shape.inside == "frame":
        return _rectangle(x + 3, y + 3, w - 6, h - 6, 2, f'fill="none" stroke="{shape.line}"')
    bars = (x + 6, x + w - 6) if shape.inside == "bars" else ()
    return "".join(f'<path d="M{at:.1f} {y:.1f}v{h:.1f}" stroke="{shape.line}"/>' for at in bars)


def _text(x: float, y: float, text: str, css: str, anchor: str = "start", extra: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}" {extra}>{escape(text)}</text>'


def _stage(stage: Stage, box: Box, expired: Iterable[Timer]) -> str:
    """One stage: outline, words, name, and a dashed mark for every timer that can expire there."""
    lines = textwrap.wrap(stage.label, WRAP)
    if len(lines) > 2:
        lines = [lines[0], textwrap.shorten(" ".join(lines[1:]), WRAP, placeholder=" …")]
    middle, top = box.x + WIDTH / 2, box.y + (23 if len(lines) == 1 else 17)
    parts = [
        f"<g><title>{escape(f'{stage.name}: {stage.label} ({stage.kind})')}</title>",
        outline(KINDS[stage.kind].shape, box.x, box.y),
    ]
    parts += [_text(middle, top + 13 * i, line, "label", "middle") for i, line in enumerate(lines)]
    parts.append(_text(middle, box.y + HEIGHT - 8, stage.name, "name", "middle"))
    tags = ", ".join(timer.name for timer in expired)
    if tags:
        width = 4.7 * len(tags) + 12
        style = f'fill="#fff" stroke="{END_INK}" class="dashed"'
        parts.append(_rectangle(box.x - 12, box.y - 9, width, 13, 6, style))
        parts.append(_text(box.x - 12 + width / 2, box.y + 0.5, tags, "name", "middle"))
    return "".join(parts) + "</g>"


def _ring(x: float, y: float, added: bool, w: float = WIDTH, h: float = HEIGHT) -> str:
    """The frame around what a reform adds, or, dashed, changes."""
    dash = "" if added else ' stroke-dasharray="7 4"'
    return _rectangle(x - 5, y - 5, w + 10, h + 10, 9, f'fill="none" stroke="{REFORM_INK}" stroke-width="3"{dash}')


def _rings(page: Layout, pathway_differences: PathwayDifferences) -> list[str]:
    framed = [name for name in page.boxes if name in pathway_differences.stages | pathway_differences.changed]
    return [_ring(page.boxes[name].x, page.boxes[name].y, name in pathway_differences.stages) for name in framed]


def _rounded(points: tuple[Point, ...], radius: float = 4.0) -> str:
    """The path through right-angled `points`, corners rounded."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        near, far = (_towards(here, other, radius) for other in (before, after))
        path.append(f"L{near[0]:.1f} {near[1]:.1f}Q{here[0]:.1f} {here[1]:.1f} {far[0]:.1f} {far[1]:.1f}")
    return "".join([*path, f"L{points[-1][0]:.1f} {points[-1][1]:.1f}"])


def _towards(here: Point, there: Point, radius: float) -> Point:
    (x, y), (u, v) = here, there
    distance = max(abs(u - x), abs(v - y))
    share = min(0.5, radius / distance) if distance else 0.0
    return x + (u - x) * share, y + (v - y) * share


def _ink(pathway: Pathway, target: str) -> str:
    if pathway.stages[target].kind == END.name:
        return END_INK
    return INKS[list(pathway.stages).index(target) % len(INKS)]


def _arrow(arrow: Arrow, ink: str, pathway_differences: PathwayDifferences) -> str:
    """The line of one arrow; thick if a reform draws it."""
    drawn = any((arrow.source, outcome) in pathway_differences.wires for outcome in arrow.outcome.split(", "))
    ink, thick = (REFORM_INK, ' style="stroke-width: 3"') if drawn else (ink, "")
    return f'<path d="{_rounded(arrow.points)}" class="arrow" stroke="{ink}"{thick} marker-end="url(#{_marker(ink)})"/>'


def _marker(ink: str) -> str:
    return "tip" + ink.lstrip("#")


def _markers(pathway_differences: PathwayDifferences) -> str:
    tip = '<marker id="{}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    return "".join(
        f'{tip.format(_marker(ink))}<path d="M0 0L8 4L0 8z" fill="{ink}"/></marker>'
        for ink in (*INKS, END_INK, *((REFORM_INK,) if pathway_differences else ()))
    )


def _columns(page: Layout) -> str:
    """A tinted band and a heading for each phase."""
    style = 'fill="#f7f8fa" stroke="none"'
    return "".join(
        _rectangle(x - 10, 56, WIDTH + 20, page.height - 66, 8, style)
        + _text(x + WIDTH / 2, 76, "Ends" if phase == ENDS else spaced_words(phase).capitalize(), "phase", "middle")
        for phase, x in page.columns
    )


def where(timer: Timer) -> str:
    """In words, where a timer can expire."""
    return "at every stage" if timer.applies_in.everywhere else "at the stages marked so"


def _legend(pathway: Pathway, top: float) -> str:
    parts = []
    for i, shape in enumerate(kind.shape for kind in KINDS.values()):
        parts += [outline(shape, 40, top + 26 * i, 44, 18), _text(94, top + 13 + 26 * i, shape.legend, "note")]
    for i, timer in enumerate(pathway.timers.values()):
        y = top + 26 * i
        tag = _rectangle(440, y + 1, 96, 15, 7, f'fill="#fff" stroke="{END_INK}" class="dashed"')
        ink = f'stroke="{END_INK}" marker-end="url(#{_marker(END_INK)})"'
        line = f'<path d="M536 {y + 9}H570" class="arrow dashed" {ink}/>'
        to = pathway.stages[timer.to].label
        parts += [tag, _text(488, y + 12, timer.name, "name", "middle"), line]
        parts.append(_text(578, y + 13, f"{to}   (timer: {timer.label}; can expire {where(timer)})", "note"))
    return "".join(parts)


def _legend_of_reform(top: float, pathway_differences: PathwayDifferences) -> list[str]:
    if not pathway_differences:
        return []
    frames = [_ring(40, top + 26 * i, i == 0, 44, 12) for i in range(2)]
    return frames + [_text(94, top + 10 + 26 * i, says, "note") for i, says in enumerate(REFORM_SAYS)]


def svg(pathway: Pathway, pathway_differences: PathwayDifferences = NO_DIFFERENCES) -> str:
    """The whole pathway as the text of an SVG file; what a reform changes stands out."""
    page = layout(pathway)
    rows = max(len(KINDS), len(pathway.timers))
    foot = page.height + 26 * rows + 14
    height = foot + 16 + (52 if pathway_differences else 0)
    expired = {
        name: [c for c in pathway.timers.values() if not c.applies_in.everywhere and can_expire(c, stage)]
        for name, stage in pathway.stages.items()
    }
    entry = pathway.stages[pathway.entry].label
    head = f"A graduate enters at “{entry}”. Lines that lead to the same stage join."
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {page.width:.0f} {height:.0f}" '
        f'width="{page.width:.0f}" height="{height:.0f}" role="img" aria-label={quoteattr(pathway.title)}>',
        f"<style>{STYLE}</style><defs>{_markers(pathway_differences)}</defs>",
        f'<rect width="{page.width:.0f}" height="{height:.0f}" fill="#fff"/>',
        _text(30, 28, pathway.title, "title"),
        _text(30, 46, head, "note"),
        _columns(page),
        *[_arrow(arrow, _ink(pathway, arrow.target), pathway_differences) for arrow in page.arrows],
        *[
            _text(*arrow.label, spaced_words(arrow.outcome), css)
            for css in ("halo", "outcome")
            for arrow in page.arrows
        ],
        *[_stage(stage, page.boxes[name], expired[name]) for name, stage in pathway.stages.items()],
        *_rings(page, pathway_differences),
        _legend(pathway, page.height + 6),
        *_legend_of_reform(foot, pathway_differences),
        "</svg>",
    ]
    return "\n".join(body) + "\n"
