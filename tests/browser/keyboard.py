"""A voter who has a keyboard and no mouse: what has the focus can be seen, and comes in the order of reading."""

from typing import Any

from browser.booth import Booth
from browser.harness import Tab

FOCUSED = """() => {
  let on = document.activeElement;
  while (on?.shadowRoot?.activeElement) on = on.shadowRoot.activeElement;
  if (!on || on === document.body) return null;
  const style = getComputedStyle(on), box = on.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const within = top?.shadowRoot?.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) ?? top;
  return {
    id: on.id, text: on.textContent.trim(), y: box.y + scrollY, x: box.x, tag: on.tagName,
    ringed: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none",
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && (on.contains(within) || within?.contains(on)),
  };
}"""


class Keys:
    """Only keys are pressed. Every stop of the focus is looked at."""

    def __init__(self, tab: Tab) -> None:
        self._page: Any = tab.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)

    def write(self, text: str) -> None:
        self._page.keyboard.type(text)

    def focus(self) -> dict[str, Any]:
        """Where the focus is; it can be seen."""
        found = self._page.evaluate(FOCUSED)
        assert found, "the focus is nowhere"
        assert found["ringed"], found
        assert found["seen"], found
        return dict(found)

    def to(self, wanted: str) -> None:
        """Forward to the element with this id (`#id`) or text, never backwards on the page."""
        before = self._page.evaluate(FOCUSED)
        for _ in range(40):
            self._page.keyboard.press("Tab")
            here = self.focus()
            if before:
                ahead = (here["y"], here["x"]) >= (before["y"] - 30, 0) and here != before
                assert ahead, f"from {before} back to {here}"
            if wanted in (f"#{here['id']}", here["text"]):
                return
            before = here
        raise AssertionError(f"{wanted} is not reached")

    def at_heading(self, booth: Booth, title: str, name: str = "") -> None:
        """A new screen has taken the focus to its heading, so that it is read out."""
        booth.at(title, name)
        found = self._page.evaluate(FOCUSED)
        assert found, title
        assert found["text"] == title
