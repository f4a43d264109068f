"""What every test needs: English unless it asks, and time that a busy machine has."""

import os

from hypothesis import settings

os.environ["MICROGRAD_KR_LANG"] = "en"

settings.register_profile("project", deadline=None)
settings.load_profile("project")
