"""The loop of pull, judge, plan and apply, with everything a person touches."""
