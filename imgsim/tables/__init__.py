"""From a finished replication to tidy tables; the same code whichever engine walked the lives."""

from imgsim.tables.build import Finished, Piece, build_tables, log_tables, stories, whole_tables
from imgsim.tables.columns import Columns, columns_of, frame, frames, length

__all__ = [
    "Columns", "Finished", "Piece", "build_tables", "columns_of", "frame", "frames", "length", "log_tables", "stories",
    "whole_tables",
]  # fmt: skip
