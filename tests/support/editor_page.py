"""The layout editor's page, in the words of somebody who edits."""

import json

from playwright.sync_api import Locator, Page


class Editor:
    def __init__(self, page: Page):
        self.page = page
        self.regions = page.locator(".region[data-id]")
        self.said = page.locator("[data-say]")
        self.state = page.locator("[data-state]")

    def wire(self) -> dict:
        """The document as the JSON panel shows it."""
        panel = self.page.locator("[data-panel]")
        if panel.get_attribute("open") is None:
            panel.locator("summary").click()
            self.page.wait_for_function("() => document.querySelector('[data-json]').value")
        self.settle()
        return json.loads(self.page.locator("[data-json]").input_value())

    def boxes(self) -> list[tuple[float, ...]]:
        return [
            tuple(r[key] for key in ("x_axis", "y_axis", "width", "height"))
            for r in self.wire()["layoutConfig"]
        ]

    def settle(self) -> None:
        """Until what was done is drawn."""
        drawn = "requestAnimationFrame(() => setTimeout(done))"
        self.page.evaluate(f"() => new Promise(done => {drawn})")

    def field(self, name: str) -> Locator:
        return self.page.locator(f'[data-f="{name}"]').last

    def canvas(self) -> dict[str, float]:
        box = self.page.locator(".stage__ground").bounding_box()
        assert box
        return box

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A point of the canvas, in fractions, in pixels of the window."""
        box = self.canvas()
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def drag(self, start: tuple[float, float], end: tuple[float, float], *keys: str) -> None:
        """Press at one point of the canvas, let go at another."""
        mouse = self.page.mouse
        mouse.move(*self.at(*start))
        mouse.down()
        for key in keys:
            self.page.keyboard.down(key)
        mouse.move(*self.at(*end), steps=4)
        mouse.up()
        for key in keys:
            self.page.keyboard.up(key)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type_json(self, text: str) -> None:
        self.wire()
        self.page.locator("[data-json]").fill(text)

    def save(self) -> None:
        self.page.get_by_role("button", name="Save", exact=True).click()
