"""Verify the folder of a run or a comparison: is every file as it was written?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from imgsim.base.files.checksums import has_checksum, problems, read_manifest

OLDER = "its manifest has no checksum of its own (it was written by an older version), so that cannot be checked"


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a folder is as it was written, and lines that say so or name each file that is not."""

    sound: bool
    lines: tuple[str, ...]


def verified(folder: Path) -> Verified:
    """Check every file of a folder, its manifest too; InputError if it is not the folder of a run or a comparison."""
    if faults := problems(folder):
        return Verified(False, tuple(faults))
    count = len(read_manifest(folder)["sha256"])
    line = f"{folder}: {'the manifest and ' if has_checksum(folder) else ''}all {count} files are as they were written"
    return Verified(True, (line if has_checksum(folder) else f"{line}; {OLDER}",))
