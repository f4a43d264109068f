"""What every test needs: sentences are compared in English unless a test asks."""

import os

os.environ["MICROGRAD_KR_LANG"] = "en"
