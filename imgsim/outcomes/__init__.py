"""Outcomes in the field's terms: the measures of replications, and the headline table over replications."""

from imgsim.outcomes.beside import beside, beside_text
from imgsim.outcomes.headline import headline_text, leaning, summary, told
from imgsim.outcomes.measure import measures

__all__ = ["beside", "beside_text", "headline_text", "leaning", "measures", "summary", "told"]
