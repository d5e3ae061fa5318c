"""How somebody uses a page: with a mouse, without JavaScript, by keyboard only. Controls are found by their words."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import ElementHandle, Locator, Page, expect
from playwright.sync_api import Error as NothingHappened

MOST_TABS = 300
MAIL_SECONDS = 60
AGAIN_MILLISECONDS = 50  # before what the worker brings about is looked for again
SECONDS = 20  # for a busy machine
SAME_GROUP = """it => {
    const here = document.activeElement
    return here === it || (it.type === 'radio' && here.type === 'radio' && here.name === it.name)
}"""


def go(control: Locator) -> None:
    """Click what leads to another page, and wait until that page is whole: a click alone ends at its first byte."""
    with control.page.expect_navigation():
        control.click()


class Hands:
    """With a mouse. `url`: the site that a journey stays on."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        page.set_default_timeout(SECONDS * 1000)

    def open(self, path: str) -> None:
        answer = self.page.goto(path if path.startswith("http") else self.url + path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    def write(self, label: str, text: str, group: str = "") -> None:
        """`group`: the legend of the group of fields, where several have the same label."""
        self.field(label, group).fill(text)

    def pick(self, label: str, choice: str) -> None:
        self.field(label).select_option(label=choice)

    def tick(self, label: str) -> None:
        """A box or a round button, by the beginning of its words."""
        self.choice(label).check()

    def give(self, label: str, file: Path) -> None:
        self.field(label).set_input_files(file)

    def press(self, name: str) -> None:
        self._go(self.page.get_by_role("button", name=name, exact=True).first)

    def confirm(self, name: str) -> None:
        """What a page that a letter leads to asks twice."""
        self.act(self.page.locator("summary").filter(has_text=re.compile(rf"^{re.escape(name)}$")).first)
        self.press(f"Confirmer\u00a0: {name}")

    def follow(self, name: str, menu: str = "") -> None:
        """A link of the page, or of one of its menus."""
        place = self.page.get_by_role("navigation", name=menu) if menu else self.page
        self._go(place.get_by_role("link", name=name, exact=True).first)

    def take(self, name: str) -> bytes:
        """The file behind a link."""
        with self.page.expect_download() as download:
            self.act(self.page.get_by_role("link", name=name, exact=True).first)
        return Path(download.value.path()).read_bytes()

    def act(self, control: Locator) -> None:
        control.click()

    def field(self, label: str, group: str = "") -> Locator:
        place = self.page.get_by_role("group", name=group, exact=True) if group else self.page
        return place.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*(\(optionnel\))?\s*$")).first

    def choice(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}"))

    def sees(self, words: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(words)

    def comes_to_see(self, words: str) -> None:
        """What the worker brings about, by loading the page again."""
        found = self.page.get_by_role("main").get_by_text(words, exact=True).first
        deadline = datetime.now(UTC) + timedelta(seconds=MAIL_SECONDS)
        while not found.count() and datetime.now(UTC) < deadline:
            self.page.wait_for_timeout(AGAIN_MILLISECONDS)
            self.page.reload()
        expect(found).to_be_visible()

    def finds_mail(self, address: str, subject: str) -> None:
        """Read the newest letter of that subject among the kept ones, once the worker has delivered it."""
        link = self.page.get_by_role("link", name=subject).first
        deadline = datetime.now(UTC) + timedelta(seconds=MAIL_SECONDS)
        self.open(f"/courriels/?q={address}")
        while not link.count() and datetime.now(UTC) < deadline:
            self.page.wait_for_timeout(AGAIN_MILLISECONDS)
            self.page.reload()
        self._go(link)

    def opens_link_in_mail(self, start: str) -> None:
        """In the letter as text, the link whose address begins so."""
        self._go(self.page.locator(f'pre a[href^="{self.url}{start}"]').first)

    def _go(self, control: Locator) -> None:
        with self.page.expect_navigation():
            self.act(control)


class Keyboard(Hands):
    """Tab to reach, Space or Enter to act, arrows inside a group; never a click."""

    def write(self, label: str, text: str, group: str = "") -> None:
        field = self.field(label, group)
        kind = field.get_attribute("type")
        self.reach(field)
        if kind in ("date", "time"):
            self.page.keyboard.type(typed(text, kind))
        else:
            self.page.keyboard.press("ControlOrMeta+a")
            self.page.keyboard.insert_text(text)
        assert field.input_value() == text, f"{label}: {field.input_value()}"

    def pick(self, label: str, choice: str) -> None:
        self.reach(self.field(label))
        self.page.keyboard.type(choice)
        assert self.field(label).locator("option:checked").inner_text() == choice

    def tick(self, label: str) -> None:
        control = self.choice(label)
        self.reach(control)
        handle = control.element_handle()
        for _ in range(MOST_TABS):
            if has_focus(handle):
                break
            self.page.keyboard.press("ArrowDown")
        if not control.is_checked():
            self.page.keyboard.press("Space")
        assert control.is_checked(), label

    def give(self, label: str, file: Path) -> None:
        """Chromium now and then swallows the key that opens its window of files: as a person does, press again."""
        self.reach(self.field(label))
        for key in ("Enter", "Space", "Enter"):
            try:
                with self.page.expect_file_chooser(timeout=7_000) as chooser:
                    self.page.keyboard.press(key)
            except NothingHappened:
                continue
            return chooser.value.set_files(file)
        raise AssertionError(f"« {label} » opens no window of files")

    def act(self, control: Locator) -> None:
        self.reach(control)
        self.page.keyboard.press("Enter")

    def reach(self, control: Locator) -> None:
        """Press Tab until the control, or the group of round buttons that it belongs to, has the focus."""
        handle = control.element_handle()
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if handle.evaluate(SAME_GROUP):
                return
        raise AssertionError(f"{self.page.url}: the keyboard does not reach {control}")


def has_focus(handle: ElementHandle) -> bool:
    return bool(handle.evaluate("it => it === document.activeElement"))


def typed(value: str, kind: str) -> str:
    """The digits of a date or hour; a date whose day is its month reads the same in every locale."""
    digits = value.replace(":", "")
    if kind == "date":
        year, month, day = value.split("-")
        assert month == day
        digits = f"{day}{month}{year}"
    return digits


def event_day(now: datetime) -> datetime:
    """Midnight UTC of a day to come whose number is its month's, the 2nd of February for example."""
    earliest = now + timedelta(days=20)
    days = (datetime(year, n, n, tzinfo=UTC) for year in (earliest.year, earliest.year + 1) for n in range(1, 13))
    return next(day for day in days if day > earliest)
