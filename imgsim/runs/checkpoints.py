"""Finished replications of a run under way, in a folder of parts.

Each part is there complete or not at all, and a changed bit in it is noticed, so the next run of the same inputs can
pick up the replications that an interrupted run had finished.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from imgsim.base.errors import ImgsimError
from imgsim.base.files.atomic import discard, refused_in_one_line, remove_if_empty, sweep, unfinished
from imgsim.base.files.locks import lock_file
from imgsim.base.streams import remark
from imgsim.runs.folders import CHECKPOINTS
from imgsim.runs.parts import Part, PartLost, Rows, copy_part, discard_damaged, join, parts_in, write_part
from imgsim.runs.portions import ALL, LOOKED_AT, RECORD, Incomplete, Portion, write_record
from imgsim.runs.unusable_parts import unusable

if TYPE_CHECKING:
    from pandas import DataFrame

LOCK: Final = ".lock"  # beside a folder of parts: locked while a run works in it
ABOUT: Final = ".txt"  # beside a folder of parts: what they are of
LARGE, SMALL = 40, 128  # so many large batches, or small ones, would make a run
TRIES: Final = 3  # how often lost parts are computed again before the run gives up
Division = Callable[[int], list[range]]
Result = TypeVar("Result")


def one_by_one(replications: int) -> list[range]:
    """The replications 0 .. n-1, each a batch, whatever n: those of a smaller number stay what they are."""
    return [range(number, number + 1) for number in range(replications)]


def guided(replications: int) -> list[range]:
    """The replications 0 .. n-1 batch by batch: several together where files would outnumber their rows.

    Large batches come first, for measuring and writing a few takes longer; the last ones are small, so that workers end
    together (guided self-scheduling, Polychronopoulos and Kuck 1987), however many there are.
    """
    large, small = 1 + replications // LARGE, 1 + replications // SMALL
    batches: list[range] = []
    begin = 0
    while begin < replications:
        left = replications - begin
        end = begin + min(left, large, max(small, left // 4))
        batches.append(range(begin, end))
        begin = end
    return batches


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The folder of the finished replications of one set of inputs, with a sealed part for each batch of them.

    `key` is that of the inputs (see `keys`); a part with another key is never taken for one of these.
    """

    folder: Path
    divided: Division = one_by_one
    key: str = ""
    about: str = ""  # what they are of, for people
    portion: Portion = ALL  # of the batches that this process computes
    also: tuple[Path, ...] = ()  # other folders with parts of the same work, which are only looked at

    def part(self, numbers: range) -> Part:
        """The part of a batch, named after its first and last replication; it may not be there yet."""
        return Part(self.folder / f"rep-{numbers[0]:05d}-{numbers[-1]:05d}", numbers, self.key)

    def parts(self, replications: int) -> list[Part]:
        """Exactly the parts that hold the replications 0 .. n-1, in order, whether they are there or not."""
        return [self.part(numbers) for numbers in self.divided(replications)]

    def write(self, numbers: range, pieces: Iterable[Mapping[str, DataFrame]]) -> None:
        """Write the tables of finished replications, which come in pieces: later ones contain further rows."""
        with refused_in_one_line(f"{self.folder.parent}: cannot write replication {numbers.start}"):
            write_part(self.part(numbers), pieces)

    def faults(self, replications: int) -> dict[range, str]:
        """Why each part that cannot be used cannot, in order; nothing if all replications are there and sound."""
        faults: dict[range, str] = {}
        for part in self.parts(replications):
            copies = self.copies(part)
            reasons = [fault for copy in copies if (fault := copy.fault()) is not None]
            if len(reasons) == len(copies):
                faults[part.numbers] = reasons[0]
        return faults

    def copies(self, part: Part) -> list[Part]:
        """A part, and those of the same name in the other folders that are looked at."""
        return [part, *(Part(folder / part.folder.name, part.numbers, self.key) for folder in self.also)]

    def sound(self, part: Part) -> Part:
        """The first of its copies that can be used, where there are others; else the part itself."""
        return next((copy for copy in self.copies(part) if copy.fault() is None), part) if self.also else part

    def missing(self, replications: int) -> list[range]:
        """The batches that this process computes and that are not there; a damaged part is removed, with a note."""
        own = [numbers for place, numbers in enumerate(self.divided(replications)) if self.portion.has(place)]
        if own:
            sweep(self.folder)
        return [numbers for numbers in own if is_missing(self.part(numbers))]

    def refuse_incomplete(self, replications: int) -> None:
        """Raise Incomplete if a batch is not there that this process does not compute."""
        if self.portion.is_all:
            return
        batches = self.divided(replications)
        if faults := self.faults(replications):
            missing = [place for place, numbers in enumerate(batches) if numbers in faults]
            roots = (self.folder.parent, *(source / CHECKPOINTS for source in self.portion.sources))
            raise Incomplete(self.about, missing, len(batches), self.portion, unusable(roots, self.key, self.about))

    def nothing_to_write(self, replications: int) -> Incomplete:
        """What a process raises that leaves the results to others, although all parts are there."""
        return Incomplete(self.about, (), len(self.divided(replications)), self.portion)

    def concat_into(self, folder: Path, replications: int) -> Rows:
        """One file per table with the rows of all replications in order; PartLost if one is missing or damaged."""
        return join(self.parts(replications), folder)

    def files(self, name: str, replications: int) -> list[Path]:
        """The files of a table in the order of replications, each as it was sealed; PartLost if one is not."""
        return [path for part in self.parts(replications) for path in self.sound(part).files(name)]

    def rows(self, name: str, replications: int) -> int:
        """The number of rows of a table in all replications, as it was counted when they were sealed."""
        return sum(self.sound(part).rows().get(name, 0) for part in self.parts(replications))

    def take(self, source: Path) -> list[range]:
        """Copy the parts of another folder that are not here yet; those copied.

        A part that is damaged, belongs to other inputs, or is not the same as the one that is here is refused by name.
        """
        taken = []
        for other in parts_in(source, self.key):
            if fault := other.fault():
                raise ImgsimError(f"{other.folder}: {fault}")
            mine = self.part(other.numbers)
            if mine.fault() is not None:
                copy_part(other, mine)
                taken.append(other.numbers)
            elif mine.manifest() != other.manifest():
                raise ImgsimError(f"{other.folder}: is another result than {mine.folder} of the same replications")
        return taken

    def remove(self, replications: int) -> None:
        """Remove the parts of a finished run; those of a longer one that was interrupted stay for it."""
        with suppress(OSError):
            for part in self.parts(replications):
                discard(part.folder)


def is_missing(part: Part) -> bool:
    """Whether a part is not there, or was damaged and so has been removed."""
    fault = part.fault()
    if fault is not None and part.folder.exists() and discard_damaged(part):
        remark(f"imgsim: checkpoint of replication {part.numbers.start} {fault}; it is computed again")
    return fault is not None and not part.folder.exists()


def complete(
    checkpoints: Checkpoints, replications: int, compute: Callable[[], None], use: Callable[[], Result]
) -> Result:
    """Compute what is missing, then use all parts; a part that is lost in between is computed again.

    Incomplete if other shards have not computed theirs.
    """
    for _ in range(TRIES):
        compute()
        checkpoints.refuse_incomplete(replications)
        try:
            return use()
        except PartLost as loss:
            remark(f"imgsim: {loss}; it is computed again")
    compute()
    return use()


@dataclass(frozen=True, slots=True)
class Claims:
    """The checkpoints that a thread has claimed; those that are finished are removed when all of its work is done."""

    root: Path
    stack: ExitStack
    finished: list[tuple[Checkpoints, int]]
    portion: Portion = ALL

    def of(self, key: str, about: str, divided: Division = one_by_one) -> Checkpoints:
        """The checkpoints of some inputs; a second run of the same inputs meanwhile gets a folder of its own.

        Shards work in one folder together. Parts that were computed elsewhere are copied there first.
        """
        checkpoints = self.stack.enter_context(claimed(self.root, key, divided, about, self.portion))
        folders = [source / self.root.name / key for source in self.portion.sources]
        others = [parts for parts in folders if parts.resolve() != checkpoints.folder.resolve()]
        if self.portion.number == LOOKED_AT:
            return replace(checkpoints, also=tuple(others))
        for parts in others:
            checkpoints.take(parts)
        return checkpoints

    def finish(self, checkpoints: Checkpoints, replications: int) -> None:
        """Note that the first so many replications are computed and will not be needed once all is written."""
        self.finished.append((checkpoints, replications))


@contextmanager
def claims(root: Path, portion: Portion = ALL) -> Iterator[Claims]:
    """Checkpoints to be claimed below a folder; if the block fails they stay, for the next run of the same inputs."""
    with ExitStack() as stack:
        claimed_here = Claims(root, stack, [], portion)
        yield claimed_here
        for checkpoints, replications in claimed_here.finished:
            checkpoints.remove(replications)


@contextmanager
def claimed(
    root: Path, key: str, divided: Division = one_by_one, about: str = "", portion: Portion = ALL
) -> Iterator[Checkpoints]:
    """The checkpoints of some inputs, for this thread alone or for a shard; `about` says to people what they are of."""
    lock = f"{key}.{portion.number}of{portion.of}{LOCK}" if portion.is_shard else f"{key}{LOCK}"
    with ExitStack() as stack:
        with refused_in_one_line(f"{root}: cannot write results"):
            sweep(root)
            free = stack.enter_context(lock_file(root / lock)) or portion.is_shard
            folder = root / key if free else stack.enter_context(unfinished(root / key))
            if free:
                (root / f"{key}{ABOUT}").write_text(f"{about}\n", "utf-8", "backslashreplace")
            if portion.is_shard:
                write_record(root, key, about, portion)
        try:
            yield Checkpoints(folder, divided, key, about, portion)
        finally:
            remove_if_empty(folder)
            if free and not folder.exists() and not portion.is_shard:
                for ending in (ABOUT, RECORD):
                    (root / f"{key}{ending}").unlink(missing_ok=True)
    remove_if_empty(root)
