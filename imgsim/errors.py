"""What goes wrong, said in one line: where, which key, what, and the nearest right name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like the one given, or None if none is alike."""
    matches = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


class ImgsimError(Exception):
    """A failure with a message for the user; the command line exits with ``exit_code``."""

    exit_code = 1


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
        place = ":".join(str(part) for part in (file, line, column) if part is not None)
        like = nearest(name, known) if name is not None else None
        hint = f" (did you mean `{like}`?)" if like else ""
        super().__init__(": ".join(part for part in (place, key, message) if part) + hint)
        self.file, self.key, self.line, self.column, self.suggestion = file, key, line, column, like

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the message when the error travels between processes."""
        return _rebuilt, (str(self),)


def _rebuilt(message: str) -> InputError:
    return InputError(message)
