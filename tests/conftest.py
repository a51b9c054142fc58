"""What all tests share: properties are not judged by the speed of the machine, and keep no files."""

from hypothesis import settings

settings.register_profile("touchline", deadline=None, database=None, print_blob=True)
settings.load_profile("touchline")
