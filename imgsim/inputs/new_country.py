"""Begin a new country: copy a small commented one that runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from imgsim.base.errors import InputError
from imgsim.inputs.countries import TEMPLATE

PLACEHOLDER: Final = "NAME"
NAME: Final = re.compile(r"[a-z][a-z0-9_]*")  # names of countries stand in parameter names, so they have no dots


def new_country(name: str, folder: Path) -> list[Path]:
    """Write ``<name>/`` and ``<name>.toml`` into a folder and return the files. InputError if any of them exists."""
    if not NAME.fullmatch(name):
        raise InputError(f"`{name}` is no name for a country: small letters, digits and `_`, a letter first")
    texts = {target(file, name, folder): file.read_text("utf-8") for file in sorted(TEMPLATE.rglob("*.toml"))}
    for path in (folder / name, folder / f"{name}.toml"):
        if path.exists():
            raise InputError(f"{path} is there already; nothing was written")
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace(PLACEHOLDER, name), "utf-8")
    except OSError as error:
        raise InputError(f"cannot write {error.filename or folder}: {error.strerror}") from None
    return list(texts)


def target(file: Path, name: str, folder: Path) -> Path:
    """Where a file of the template goes: the scenario next to the country's folder, the others into it."""
    inside = file.relative_to(TEMPLATE)
    return folder / f"{name}.toml" if inside.name == "scenario.toml" else folder / name / inside
