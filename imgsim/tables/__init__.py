"""From a finished replication to tidy tables; the same code whichever engine walked the lives."""

from imgsim.tables.build import Finished, build_tables, stories

__all__ = ["Finished", "build_tables", "stories"]
