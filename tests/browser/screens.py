"""What a person may have in front of them: a wide or a narrow screen, light or dark; hands on the keyboard only."""

from collections.abc import Iterator

from playwright.sync_api import Page

SCREENS = [("light", 1280), ("dark", 1280), ("dark", 360), ("light", 360)]
WIDTHS = {1280: 900, 360: 740}
MOST_TABS = 300
# The rules of axe-core that look at colours: in our pages nothing else depends on the scheme (tests/test_theme.py).
OF_COLOURS = ("color-contrast", "link-in-text-block")
# The page has the width and the scheme, and one frame drawn with them. A change of theme fades in; contrast is judged
# once it has. What is folded away is not shown, and never ends fading.
SETTLE = """async ([scheme, width]) => {
    const frame = () => new Promise(requestAnimationFrame)
    const has = () => innerWidth === width && matchMedia(`(prefers-color-scheme: ${scheme})`).matches
    for (let frames = 0; !has(); frames++) {
        if (frames > 600) throw new Error(`still ${innerWidth} wide, or not ${scheme}`)
        await frame()
    }
    await frame()
    const shown = document.getAnimations().filter(change => change.effect.target.checkVisibility())
    await Promise.allSettled(shown.map(change => change.finished))
}"""


def each_screen(page: Page) -> Iterator[str]:
    """Show the open page on every screen in turn: `for screen in each_screen(page): assert axe(page) == [], screen`."""
    lit, shown = "", 0
    for scheme, width in SCREENS:
        if scheme != lit:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            lit = scheme
        if width != shown:
            page.set_viewport_size({"width": width, "height": WIDTHS[width]})
            shown = width
        page.evaluate(SETTLE, [scheme, width])
        yield f"{page.url} {scheme} {width}"


def rules(screen: str) -> tuple[str, ...]:
    """What is left to judge on a screen of `each_screen`, for a page of ours, judged whole where it is light."""
    return OF_COLOURS if " dark " in screen else ()


def overflows(page: Page) -> bool:
    """Whether the page must be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus; fails when the keyboard cannot reach it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{page.url}: the keyboard does not reach {selector}")
