"""A scenario and its reforms side by side: what a reform changes, for whom, and how sure that is.

Every person lives in all worlds with the same random numbers at the same addresses, so whatever differs comes from the
reform: directly, or through places that others took.
"""
