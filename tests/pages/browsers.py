"""A page that is open in a browser: what it said, asked for and got wrong."""

from pathlib import Path
from typing import Any


class Opened:
    """A page that is open, and what it said, asked for and got wrong."""

    def __init__(self, browser: Any, path: Path, address: str, options: Any) -> None:
        usual = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
        self.context = browser.new_context(**(usual | options))
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.trouble: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda m: self.trouble.append(f"console: {m.text}"))
        self.page.on("pageerror", lambda e: self.trouble.append(f"error: {e}"))
        self.page.on("request", lambda r: self.asked.append(r.url.partition("#")[0]))
        self.page.goto(path.as_uri() + address)
        self.path = path

    def close(self) -> None:
        """End, and see that nothing went wrong and nobody was asked for anything."""
        self.context.close()
        assert self.trouble == []
        assert set(self.asked) == {self.path.as_uri()}
