"""What to type when a library is missing: a command that works where it is read."""

from pathlib import Path

PACKAGE = "micrograd_kr"


def install_command(extra: str) -> str:
    """Give the pip command that installs the libraries of an extra of this package.

    In a checkout it names the checkout; elsewhere the libraries themselves, for the
    package may have come from a file that no index has.

    >>> install_command("demos").startswith("python -m pip install ")
    True
    """
    checkout = Path(__file__).parents[2]
    if (checkout / "pyproject.toml").is_file():
        return f"python -m pip install '{checkout}[{extra}]'"
    libraries = [f"'{library}'" for library in _libraries(extra)]
    return f"python -m pip install {' '.join(libraries)}"


def _libraries(extra: str) -> list[str]:
    """Read the requirements of an extra from what pip noted at installation."""
    # Here, for it loads 47 modules, 3,460 objects that every full collection visits.
    from importlib.metadata import PackageNotFoundError, requires

    try:
        lines = requires(PACKAGE) or []
    except PackageNotFoundError:
        lines = []
    found = []
    for line in lines:
        library, _, condition = line.partition(";")
        if condition.replace('"', "'").strip() == f"extra == '{extra}'":
            found.append(library.strip())
    return found or [f"{PACKAGE}[{extra}]"]
