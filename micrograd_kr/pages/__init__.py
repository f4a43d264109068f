"""Pages to share: one file each, opened by double-click."""

from .page import page as step_page
from .page import save as save_page

__all__ = ["save_page", "step_page"]
