"""The course: lessons as pages, beside each the live thing it speaks of."""

from .demos import about, demo_files, demo_folder, in_language
from .site import write_course

__all__ = ["about", "demo_files", "demo_folder", "in_language", "write_course"]
