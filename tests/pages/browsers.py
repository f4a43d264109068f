"""A page that is open in a browser: what it said, asked for and got wrong."""

from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

NOON = 1000  # seconds: where a clock that is stopped stands

# Tabs that nobody uses, of each browser, by what they can not change: whether they are
# a phone's, and have a clock that is stopped. A new tab takes four times as long as
# another address in one that is there.
FREE: WeakKeyDictionary[Any, dict[Any, list[Any]]] = WeakKeyDictionary()
USUAL = {
    "viewport": {"width": 1440, "height": 900},
    "reduced_motion": "reduce",
    "color_scheme": "light",
}


class Opened:
    """A page that is open, and what it said, asked for and got wrong."""

    def __init__(
        self,
        browser: Any,
        path: Path,
        address: str,
        options: Any,
        stopped: bool = False,
    ) -> None:
        look = {name: options.get(name, usual) for name, usual in USUAL.items()}
        device = {name: x for name, x in options.items() if name not in USUAL}
        kind = stopped, *device
        self.free = FREE.setdefault(browser, {}).setdefault(kind, [])
        self.stopped = stopped
        self.path = path
        self.trouble: list[str] = []
        self.asked: list[str] = []
        if not self.free:
            self.free.append(browser.new_context(**device).new_page())
        self.page = self.free.pop()
        self.page.set_default_timeout(10_000)
        self.page.set_viewport_size(look.pop("viewport"))
        self.page.emulate_media(**look)
        self.listeners = {
            "console": lambda m: self.trouble.append(f"console: {m.text}"),
            "pageerror": lambda e: self.trouble.append(f"error: {e}"),
            "dialog": self.dismiss,
            "request": lambda r: self.asked.append(r.url.partition("#")[0]),
        }
        for event, listener in self.listeners.items():
            self.page.on(event, listener)
        if stopped:
            self.page.clock.install(time=0)
        self.page.goto(path.as_uri() + address)
        if stopped:
            self.page.clock.pause_at(NOON)

    def dismiss(self, dialog: Any) -> None:
        self.trouble.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def close(self) -> None:
        """End, and see that nothing went wrong and nobody was asked for anything."""
        for event, listener in self.listeners.items():
            self.page.remove_listener(event, listener)
        if self.stopped and self.page.evaluate("Date.now()") != 1000 * NOON:
            self.page.context.close()  # a clock does not go back
        else:
            self.page.mouse.move(0, 0)
            self.page.goto("about:blank")
            self.free.append(self.page)
        assert self.trouble == []
        assert self.asked == [self.path.as_uri()]
