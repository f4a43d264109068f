"""The course: lessons as pages, beside each the live thing it speaks of.

`bracketed`, `labelled` and `seconds` are what its lessons and its demos share.
"""

from .demos import about, demo_files, demo_folder, in_language
from .parts import bracketed, labelled, seconds
from .site import write_course

__all__ = [
    "about",
    "bracketed",
    "demo_files",
    "demo_folder",
    "in_language",
    "labelled",
    "seconds",
    "write_course",
]
