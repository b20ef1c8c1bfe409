"""Errors of one line each: where, which key, what is wrong, and the nearest right name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from types import TracebackType
from typing import Final

from imgsim.base.printable import clipped, one_line

MOST: Final = 5  # mistakes reported at once
LONGEST_NAME: Final = 100  # characters; to look for names like a longer one takes long


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like the one given, or None if none is alike."""
    if len(name) > LONGEST_NAME:
        return None
    matches = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


class ImgsimError(Exception):
    """A failure with a message for the user; the command line exits with ``exit_code``."""

    exit_code = 1

    def __init__(self, message: str = "") -> None:
        super().__init__(one_line(message))


class InputError(ImgsimError):
    """Bad input: ``file:line:column: key: what is wrong (did you mean ...?)``."""

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        key: str | None = None,
        line: int | None = None,
        column: int | None = None,
        name: str | None = None,
        known: Iterable[str] = (),
    ) -> None:
        location = ":".join(str(part) for part in (file, line, column) if part is not None)
        like = nearest(name, known) if name is not None else None
        hint = f" (did you mean `{one_line(like)}`?)" if like else ""
        super().__init__(clipped(": ".join(part for part in (location, key, message) if part)) + hint)
        self.file, self.key, self.line, self.column, self.suggestion = file, key, line, column, like

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the message when the error travels between processes."""
        return _rebuilt, (str(self),)

    @classmethod
    def together(cls, errors: Sequence[InputError]) -> InputError:
        """One error for several, a line each; only the first few are reported."""
        if len(errors) == 1:
            return errors[0]
        lines = [line for error in errors for line in str(error).split("\n")]
        return _rebuilt("\n".join(lines[:MOST]))


def _rebuilt(lines: str) -> InputError:
    error = InputError("")
    error.args = (lines,)
    return error


class Problems:
    """Collects refusals, so that a reader learns of several mistakes at once.

    ``with problems:`` goes on after an InputError; ``problems.refuse()`` raises what was collected, if anything.
    """

    def __init__(self) -> None:
        self.errors: list[InputError] = []

    def __enter__(self) -> None:
        """Nothing is needed to begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if not isinstance(error, InputError):
            return False
        self.add(error)
        return True

    def add(self, error: InputError) -> None:
        """Note one refusal; enough of them are raised."""
        self.errors.append(error)
        if len(self.errors) >= MOST:
            self.refuse()

    def refuse(self) -> None:
        """Raise one InputError for everything collected."""
        if self.errors:
            raise InputError.together(self.errors) from None
