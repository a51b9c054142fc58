"""Whether this run has the time to look deep: HYPOTHESIS_PROFILE=deep."""

from hypothesis import settings

IS_DEEP = settings.get_current_profile_name() == "deep"
