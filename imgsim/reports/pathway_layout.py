"""Where the stages and arrows of a pathway go on the page.

Phases are columns, stages stand below one another in the order of the pathway file, and arrows run at right angles:
out of the right side of a stage, along a lane in the gutter between two columns, if need be along a channel between
two rows, and into the stage they lead to. All arrows to one stage share its lanes, so they join like the lines of an
underground map instead of fanning out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imgsim.inputs.kinds.end import END

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgsim.inputs.pathways.pathway import Pathway

WIDTH, HEIGHT = 190.0, 54.0  # one stage
GAP = 25.0  # least space between two rows
LANE = 7.0  # distance between two parallel lines
LETTER = 5.4  # width of one letter of an outcome's name
MARGIN, HEADER = 30.0, 90.0
ENDS = "ends"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A stage on the page: its column, row and top left corner in pixels."""

    name: str
    column: int
    row: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """One outcome of one stage: the corners of its line, its name and where the name is written."""

    source: str
    outcome: str
    target: str
    points: tuple[Point, ...]
    label: Point


@dataclass(slots=True)
class Layout:
    """The finished page: boxes by stage, arrows, (phase, x) of each column, and the page's size in pixels."""

    boxes: dict[str, Box]
    arrows: list[Arrow]
    columns: list[tuple[str, float]]
    width: float
    height: float


@dataclass(slots=True)
class Lanes:
    """Parallel tracks: each key gets the first track on which its stretch touches nobody else's."""

    wanted: dict[str, tuple[float, float]] = field(default_factory=dict)

    def want(self, key: str, *places: float) -> None:
        """Ask for a track for `key` that covers `places` too."""
        low, high = self.wanted.get(key, (min(places), max(places)))
        self.wanted[key] = (min(low, *places), max(high, *places))

    def tracks(self) -> dict[str, int]:
        """The track number of every key, counted from 0: short stretches first, so that they lie innermost."""
        taken: list[list[tuple[float, float]]] = []
        given: dict[str, int] = {}
        for key, (low, high) in sorted(self.wanted.items(), key=lambda item: (item[1][1] - item[1][0], item[0])):
            free = (i for i, used in enumerate(taken) if all(high < a or low > b for a, b in used))
            track = next(free, len(taken))
            if track == len(taken):
                taken.append([])
            taken[track].append((low, high))
            given[key] = track
        return given


@dataclass(frozen=True, slots=True)
class Edge:
    """One way from a stage to another; `outcome` names all outcomes that take it."""

    source: str
    outcome: str
    target: str


def _edges(pathway: Pathway) -> Iterator[Edge]:
    for name, stage in pathway.stages.items():
        for target in dict.fromkeys(stage.next.values()):
            yield Edge(name, ", ".join(out for out, to in stage.next.items() if to == target), target)


def phase_of(pathway: Pathway, name: str) -> str:
    """The column of a stage: its phase, or `ends` for an end."""
    stage = pathway.stages[name]
    return ENDS if stage.kind == END.name else (stage.phase or "other")


def grid(pathway: Pathway) -> tuple[list[str], dict[str, tuple[int, int]]]:
    """The phases in order of first appearance (ends last), and column and row of each stage."""
    phases = list(dict.fromkeys(phase_of(pathway, name) for name in pathway.stages))
    phases.sort(key=lambda phase: phase == ENDS)
    filled = dict.fromkeys(phases, 0)
    cells: dict[str, tuple[int, int]] = {}
    for name in pathway.stages:
        phase = phase_of(pathway, name)
        cells[name] = (phases.index(phase), filled[phase])
        filled[phase] += 1
    return phases, cells


class Router:
    """Turns edges into lines: first every line says what it needs, then tracks are shared out, then corners follow."""

    def __init__(self, pathway: Pathway) -> None:
        """Place the stages of `pathway` in rows and columns and ask for the lanes their arrows need."""
        self.phases, self.cells = grid(pathway)
        self.edges = list(_edges(pathway))
        self.gutters = [Lanes() for _ in range(len(self.phases) + 1)]  # gutters[c] lies left of column c
        self.channels = [Lanes() for _ in range(2 + max(row for _, row in self.cells.values()))]
        for edge in self.edges:
            self._ask(edge)
        self.lane = [gutter.tracks() for gutter in self.gutters]
        self.track = [channel.tracks() for channel in self.channels]

    def straight(self, edge: Edge) -> bool:
        """Whether the edge simply goes down to the next stage of its column."""
        (c, r), (d, s) = self.cells[edge.source], self.cells[edge.target]
        return c == d and s == r + 1

    def _ask(self, edge: Edge) -> None:
        (c, r), (d, s) = self.cells[edge.source], self.cells[edge.target]
        if self.straight(edge):
            return
        if d in (c, c + 1):
            self.gutters[c + 1].want(edge.target + (" back" if d == c else ""), r + 0.5, s + 0.5)
            return
        self.gutters[c + 1].want(edge.target, r + 0.5, s)
        self.gutters[d].want(edge.target, s, s + 0.5)
        self.channels[s].want(edge.target, c + 1, d)

    def leaving(self, name: str) -> list[Edge]:
        """The edges that leave a stage by its right side, from top to bottom."""
        return [edge for edge in self.edges if edge.source == name and not self.straight(edge)]

    def returning(self, name: str) -> bool:
        """Whether an arrow of the same column comes back into the stage from the right."""
        return any(
            edge.target == name and self.cells[edge.source][0] == self.cells[name][0] and not self.straight(edge)
            for edge in self.edges
        )

    def label_room(self, column: int) -> float:
        """Pixels that the names of the outcomes need to the right of a column (0 is the page's left edge)."""
        names = [
            edge.outcome for edge in self.edges if self.cells[edge.source][0] == column - 1 and not self.straight(edge)
        ]
        return 8 + LETTER * max(map(len, names), default=0)


def _running(starts: float, sizes: Iterable[float]) -> list[float]:
    places = [starts]
    for size in sizes:
        places.append(places[-1] + size)
    return places


class Page:
    """Coordinates in pixels for the rows, columns, lanes and channels of a router."""

    def __init__(self, router: Router) -> None:
        """Give every column, row, lane and channel of `router` its place."""
        self.router = router
        tracks = [1 + max(lane.values(), default=-1) for lane in router.lane]
        self.rooms = [router.label_room(c) for c in range(len(tracks))]
        gutters = [room + LANE * n + 22 for room, n in zip(self.rooms, tracks, strict=True)]
        self.gutter_x = _running(MARGIN, (gutter + WIDTH for gutter in gutters))
        self.column_x = [x + gutter for x, gutter in zip(self.gutter_x, gutters, strict=False)][: len(router.phases)]
        gaps = [GAP + LANE * (1 + max(track.values(), default=-1)) for track in router.track]
        self.gap_y = _running(HEADER, (gap + HEIGHT for gap in gaps))
        self.row_y = [y + gap for y, gap in zip(self.gap_y, gaps, strict=False)]
        self.width = self.gutter_x[-1] - WIDTH + MARGIN
        self.height = self.row_y[-1] + MARGIN

    def lane_x(self, gutter: int, key: str) -> float:
        """Where the vertical line of `key` runs in a gutter."""
        return self.gutter_x[gutter] + self.rooms[gutter] + LANE * (self.router.lane[gutter][key] + 0.5)

    def track_y(self, channel: int, key: str) -> float:
        """Where the horizontal line of `key` runs above a row."""
        return self.gap_y[channel] + GAP / 2 + LANE * (self.router.track[channel][key] + 0.5)

    def corner(self, name: str) -> Point:
        """The top left corner of a stage."""
        column, row = self.router.cells[name]
        return self.column_x[column], self.row_y[row]

    def port(self, edge: Edge) -> Point:
        """Where an edge leaves the right side of its stage."""
        leaving = self.router.leaving(edge.source)
        slots = len(leaving) + self.router.returning(edge.source)
        x, y = self.corner(edge.source)
        return x + WIDTH, y + HEIGHT * (leaving.index(edge) + 1) / (slots + 1)

    def entry(self, name: str, *, right: bool) -> Point:
        """Where arrows enter a stage: the middle of its left side, or the lowest slot of its right side."""
        x, y = self.corner(name)
        slots = len(self.router.leaving(name)) + 1
        return (x + WIDTH, y + HEIGHT * slots / (slots + 1)) if right else (x, y + HEIGHT / 2)

    def route(self, edge: Edge) -> Arrow:
        """The line of one edge and the place of its name."""
        (c, _), (d, s) = self.router.cells[edge.source], self.router.cells[edge.target]
        if self.router.straight(edge):
            (x, y), (_, below) = self.corner(edge.source), self.corner(edge.target)
            middle = x + WIDTH / 2
            points: tuple[Point, ...] = ((middle, y + HEIGHT), (middle, below))
            return Arrow(edge.source, edge.outcome, edge.target, points, (middle + 5, y + HEIGHT + 11))
        start, end = self.port(edge), self.entry(edge.target, right=c == d)
        out = self.lane_x(c + 1, edge.target + (" back" if c == d else ""))
        points = (start, (out, start[1]), (out, end[1]), end)
        if d not in (c, c + 1):
            across, into = self.track_y(s, edge.target), self.lane_x(d, edge.target)
            points = (start, (out, start[1]), (out, across), (into, across), (into, end[1]), end)
        return Arrow(edge.source, edge.outcome, edge.target, points, (start[0] + 5, start[1] - 2.5))


def layout(pathway: Pathway) -> Layout:
    """The page for `pathway`: a box for every stage and an arrow for every outcome."""
    router = Router(pathway)
    page = Page(router)
    boxes = {name: Box(name, *router.cells[name], *page.corner(name)) for name in pathway.stages}
    columns = list(zip(router.phases, page.column_x, strict=True))
    return Layout(boxes, [page.route(edge) for edge in router.edges], columns, page.width, page.height)
