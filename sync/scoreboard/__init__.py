"""What became of the tasks of each rule and person: acted on, ended without, dismissed, ignored, or gone by itself."""
