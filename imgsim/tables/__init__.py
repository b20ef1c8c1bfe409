"""From a finished replication to tidy tables; the same code whichever engine walked the lives."""

from imgsim.tables.build import Finished, Piece, build_tables, log_tables, stories

__all__ = ["Finished", "Piece", "build_tables", "log_tables", "stories"]
