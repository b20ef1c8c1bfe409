"""Two reforms of any country with a Match: one that gives places, one that changes nothing."""

from __future__ import annotations

from typing import Final

MORE_PLACES: Final = """
title = "More places"
actor = "The council"
document = "A plan"
date = "2015"
reference = []
base = "any"
not_modelled = ["what places cost"]
[lever.times]
label = "places against today"
unit = "times"
value = 2
low = 0.5
high = 3
why = "nobody knows"
[[change]]
parameter = "match.places"
from = 2012-01-01
scale = { lever = "times" }
why = "the plan"
"""
NOTHING: Final = """
title = "Nothing"
actor = "nobody"
document = "none"
date = "2015"
reference = []
base = "any"
not_modelled = []
[[change]]
parameter = "match.places"
from = 2012-01-01
scale = 1
why = "a check"
"""
