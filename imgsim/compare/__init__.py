"""Two worlds beside each other: what a reform changes, for whom, and how sure that is.

Every person lives in both worlds by the same addressed chances, so that whatever differs is what the reform reached,
directly or through places that others took. `imgsim.compare` is this package and, called, the function of the name.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from imgsim.compare.answer import compare
from imgsim.compare.comparison import Comparison

__all__ = ["Comparison", "compare"]


class _CallableModule(ModuleType):
    """`imgsim.compare` is this package and, in `imgsim.compare(base, [reforms])`, the function: importing one would
    hide the other, so the package can be called.
    """

    def __call__(self, *arguments: Any, **settings: Any) -> Comparison:
        return compare(*arguments, **settings)


sys.modules[__name__].__class__ = _CallableModule
