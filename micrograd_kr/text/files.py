"""Writing a file so that nobody ever sees half of it."""

import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from .messages import Messages

say: Messages = Messages(
    {
        "no_folder": (
            "{path}: {folder!r} 폴더가 없습니다.",
            "{path}: there is no folder {folder!r}",
        ),
        "no_file": (
            "{path!r:은/는} 폴더나 장치입니다. 파일의 이름을 주세요.",
            "{path!r} is a folder or a device; the name of a file is needed",
        ),
        "protected": (
            "{path!r:은/는} 쓰기가 금지된 파일입니다.",
            "{path!r} is write-protected",
        ),
        "ending": (
            "{path}: 이 파일의 이름은 {endings:으로/로} 끝나야 합니다.",
            "{path}: the name of this file must end in {endings}",
        ),
        "endings": (
            "{path}: 이 파일의 이름은 {endings} 가운데 하나로 끝나야 합니다.",
            "{path}: the name of this file must end in one of {endings}",
        ),
    }
)


HTML = (".html", ".htm")


def check_ending(path: str | os.PathLike[str], endings: Iterable[str]) -> Path:
    """Give the path of a file whose name must say what is written into it.

    Raises ValueError for a name with another ending than these.

    >>> check_ending("steps.svg", [".html"])
    Traceback (most recent call last):
        ...
    ValueError: steps.svg: the name of this file must end in .html
    """
    path, known = Path(path), list(endings)
    if path.suffix.lower() not in known:
        key = "endings" if len(known) > 1 else "ending"
        raise ValueError(say(key, path=str(path), endings=", ".join(known)))
    return path


def replace_file(path: str | os.PathLike[str], data: bytes) -> None:
    """Make ``data`` the contents of the file ``path``, in one move.

    A crash, a full disk or Ctrl-C leaves the old file as it was. The permissions of an
    old file are kept and those of a new one are the usual; a symbolic link stays and
    what it points to is replaced. Raises OSError if the file cannot be written, and
    ValueError if the path is no regular file.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "model.json")
    ...     replace_file(path, b"{}"); path.read_text()
    '{}'
    """
    target = os.path.realpath(path)
    mode = None
    with suppress(FileNotFoundError):
        mode = os.stat(target).st_mode
        if not stat.S_ISREG(mode):  # os.replace would put a file for a device
            raise ValueError(say("no_file", path=str(path)))
        if not os.access(target, os.W_OK):  # os.replace asks the folder only
            raise PermissionError(say("protected", path=str(path)))
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(say("no_folder", path=path, folder=folder))
    beside = os.path.join(folder, f".{secrets.token_hex(8)}.tmp")
    file = open(beside, "xb")  # noqa: SIM115 (closed below, before it is moved)
    try:
        with file:
            file.write(data)
            file.flush()
            # else the name may reach the disk before the contents
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(beside, stat.S_IMODE(mode))
        os.replace(beside, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
