"""Reps who are away: their work waits or somebody else does it, and what waited is spread over the days after."""
