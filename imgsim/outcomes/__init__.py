"""Outcomes in the field's terms: the measures of replications, and the headline table over replications."""
