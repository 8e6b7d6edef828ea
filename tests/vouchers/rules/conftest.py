"""Properties of the law are not timed: a busy machine is no counter-example."""

from hypothesis import settings

settings.register_profile("law", deadline=None)
settings.load_profile("law")
