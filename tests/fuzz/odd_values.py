"""Values at the edge of what a file may hold: numbers, dates, names, kinds of values, bytes."""

from __future__ import annotations

import datetime
from typing import Final

NUMBERS: Final = (
    0, 1, -1, 2, 3, 0.5, 1e-300, 1e-12, -0.0, 0.2, 1.5, 7, 12, 99, 100, 1000, 65_536, 1e5, 2**31, 2**32, 2**53,
    2**63, 2**64,
    1e9, 1e18, 9e99, 1.7e308, -1e18, 10**400, float("inf"), float("-inf"), float("nan"),
)  # fmt: skip
DATES: Final = tuple(
    datetime.date.fromisoformat(text) for text in (
        "0001-01-01", "1582-10-15", "1677-09-21", "1677-09-22", "1899-12-31", "1900-01-01", "1969-12-31",
    "1999-12-31",
        "2000-01-01", "2000-02-29", "2000-07-01", "2001-01-01", "2002-01-01", "2003-06-30", "2003-07-01",
    "2004-02-29",
        "2004-12-31", "2008-12-31", "2009-07-01", "2038-01-19", "2100-01-01", "2199-12-31", "2200-01-01",
    "2262-04-12", "9999-12-31",
    )
)  # fmt: skip
NAMES: Final = (
    "", " ", ".", "..", "a.b", "a/b", "../x", "a\\b", "\x00", "a\x00b", "\x1b[31mred", "\n", "a\nb", "\t", "'",
    '"', "$HOME",
    "$x_1^2$", "%s", "%(x)s", "{x}", "`id`", "<b>", "&amp;", "javascript:alert(1)", "CON", "nul", "aux.toml", "no",
    "yes",
    "all", "entry", "measured", "naïve", "nai\u0308ve", "İ", "ß", "日本", "😀", "\u202egnp", "\ufeff", "a" * 260,
    "b" * 5000, "-1", "1e9",
    "Written", "written", "group", "person", "replication", "date", "event", "end", "specialty", "count", "None",
)  # fmt: skip
OTHERS: Final[tuple[object, ...]] = (
    True, False, "", "x", 0, 1.5, [], {}, [[]], [{}], {"": 0}, [1, "a"], ["a", "a"],
    datetime.datetime(2000, 1, 1, 12, tzinfo=datetime.UTC), datetime.datetime(2000, 1, 1), datetime.time(12),
    datetime.date(2000, 1, 1),
)  # fmt: skip
BYTES: Final = ("", "\x00", "\xff", "\xef\xbb\xbf", "\r", "\n", "[", "]", '"', "#", "=", "0x1F", "1_0", "\x1b",
"{" * 3000, "[" * 9000)  # fmt: skip
