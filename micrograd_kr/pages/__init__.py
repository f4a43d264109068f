"""Pages to share: one file each, opened by double-click."""

from .document import document as page_document
from .graph import graph_data
from .javascript import engine as engine_script
from .javascript import web_file
from .page import frame as page_frame
from .page import page as step_page
from .page import save as save_page
from .pieces import operations
from .training_page import training_page

__all__ = [
    "engine_script",
    "graph_data",
    "operations",
    "page_document",
    "page_frame",
    "save_page",
    "step_page",
    "training_page",
    "web_file",
]
