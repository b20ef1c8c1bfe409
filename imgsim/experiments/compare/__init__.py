"""Two worlds beside each other: what a reform changes, for whom, and how sure that is.

Every person lives in both worlds by the same addressed chances, so that whatever differs is what the reform reached,
directly or through places that others took.
"""
