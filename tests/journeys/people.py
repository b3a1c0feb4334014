"""The people of the journeys: each in a browser of their own, doing what they see, by its words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect

from tests.journeys.house import PATIENCE, House, link

PHONE, DESK = 360, 1280
"""Widths of windows, in CSS pixels: members come with a phone, officers sit at a desk."""
MOMENT = 15_000
expect.set_options(timeout=MOMENT)


@dataclass
class Somebody:
    """A person in front of a browser. The methods are what people do; each fails where it cannot be done."""

    name: str
    house: House
    browser: Browser
    scripts: bool
    width: int = PHONE
    home: str = "/uk/"
    contexts: list[BrowserContext] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.email = f"{self.name.split()[0].lower()}@example.org"
        self.page = self.another_browser()

    def another_browser(self) -> Page:
        """A browser that knows nothing of the others."""
        context = self.browser.new_context(
            viewport={"width": self.width, "height": 800},
            java_script_enabled=self.scripts,
            base_url=self.house.url,
            locale="en-GB",
        )
        context.set_default_timeout(MOMENT)
        self.contexts.append(context)
        return context.new_page()

    # what one does

    def opens(self, address: str, status: int = 200) -> Response:
        """Go to an address, whole or of this site."""
        response = self.page.goto(address, wait_until="domcontentloaded")
        assert response is not None, address
        assert response.status == status, f"{address}: {response.status}"
        self.sees_no_sideways_scrolling()
        return response

    def opens_home(self) -> None:
        """The network's first page."""
        self.opens(self.home)

    def opens_the_link(self, subject: str, part: str = "", to: str = "") -> None:
        """Wait for a mail, and open the link in it."""
        self.opens(link(self.house.mail(to or self.email, subject), part))

    def follows(self, words: str, *, within: Locator | None = None) -> None:
        """Press a link with these words."""
        self.in_view("link", words, within).click()
        self.page.wait_for_load_state("domcontentloaded")
        self.sees_no_sideways_scrolling()

    def presses(self, words: str, *, within: Locator | None = None) -> None:
        """Press a button with these words."""
        self.in_view("button", words, within).click()
        self.page.wait_for_load_state("domcontentloaded")

    def writes(self, label: str, text: str, *, within: Locator | None = None) -> None:
        """Fill in a field."""
        (within or self.page.locator("main")).get_by_label(begins(label)).first.fill(text)

    def picks(self, label: str, words: str) -> None:
        """Choose from a list."""
        self.page.get_by_label(begins(label)).first.select_option(label=words)

    def chooses(self, words: str, *, within: Locator | None = None) -> None:
        """One of several round buttons."""
        self.in_view("radio", words, within).check()

    def ticks(self, words: str, *, within: Locator | None = None) -> None:
        """A box."""
        self.in_view("checkbox", words, within).check()

    def unfolds(self, words: str) -> None:
        """Open what is folded away."""
        self.page.locator("summary").filter(has_text=words).first.click()

    # what one sees

    def part(self, heading: str) -> Locator:
        """The part of the page under a heading."""
        under = self.page.get_by_role("heading", name=begins(heading))
        return self.page.locator("section").filter(has=under).last

    def in_view(self, role: str, words: str, within: Locator | None = None) -> Locator:
        """The first thing of a kind whose name begins so."""
        name = one_of(words) if role == "radio" else begins(words)
        return (within or self.page).get_by_role(role, name=name).first  # type: ignore[arg-type]

    def reads(self, *passages: str) -> None:
        """These words are on the page, to be seen."""
        for words in passages:
            expect(self.page.locator("body")).to_contain_text(words, use_inner_text=True, ignore_case=True)

    def does_not_read(self, *passages: str) -> None:
        """These are not."""
        for words in passages:
            expect(self.page.locator("body")).not_to_contain_text(
                words, use_inner_text=True, ignore_case=True
            )

    def is_at(self, heading: str) -> None:
        """The page's one heading says so."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading, ignore_case=True)

    def sees(self, role: str, words: str) -> None:
        """There is such a thing."""
        expect(self.in_view(role, words)).to_be_visible()

    def sees_none(self, role: str, words: str) -> None:
        """There is none."""
        expect(self.page.get_by_role(role, name=begins(words))).to_have_count(0)  # type: ignore[arg-type]

    def sees_no_sideways_scrolling(self) -> None:
        """The page fits into the window."""
        self.page.wait_for_load_state("load")  # without scripts nothing waits for the stylesheet
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.width, f"{self.page.url} is {wide} px wide in a window of {self.width} px"

    def looks_until(self, words: str) -> None:
        """Load the page again until it says so."""
        for _ in range(int(PATIENCE * 2)):
            if words.lower() in self.page.locator("body").inner_text().lower():
                return
            self.page.wait_for_timeout(300)
            self.page.reload(wait_until="domcontentloaded")
        raise AssertionError(
            f"{self.page.url} never said {words!r}:\n{self.page.locator('main').inner_text()}"
        )

    # asking

    def asks(self, question: str) -> None:
        """The text is checked, then the proposal opens; the ten minutes pass in which it can be undone."""
        self.presses("Check it, then ask")
        self.presses("Open it now")
        self.is_at(question)
        self.house.later(timedelta(minutes=10))

    # signing in

    def signs_in(self) -> None:
        """By the mailed link, page by page."""
        self.opens("/sign-in")
        self.writes("Your e-mail address", self.email)
        self.presses("Send me a link")
        self.is_at("Check your mail")
        self.opens_the_link("Your link to sign in", "/sign-in/")
        self.presses("Sign in", within=self.page.locator("main"))

    def is_signed_in(self) -> Somebody:
        """The same without looking at the pages on the way: for people whose journey begins later."""
        self.has_asked_for_a_link()
        self.has_opened_it()
        return self

    def has_asked_for_a_link(self) -> None:
        """The first half."""
        self.asked_at = len(self.house.mails(self.email))
        self.sends("/sign-in", "Send me a link", email=self.email)

    def has_opened_it(self) -> None:
        """The second half."""
        mail = self.house.mail(self.email, "Your link to sign in", after=self.asked_at)
        self.sends(link(mail, "/sign-in/"), "Sign in")

    def sends(self, address: str, button: str, **typed: str) -> None:
        """Fill in and send the form with this button, as a browser does that draws nothing."""
        request = self.page.context.request
        shown = request.get(address)
        assert shown.ok, f"{address}: {shown.status}"
        form = next(part for part in shown.text().split("<form")[1:] if button in part)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        action = re.search(r'action="([^"]+)"', form)
        assert action, form
        done = request.post(urljoin(self.house.url, action[1]), form={**hidden, **typed})
        assert done.ok, f"{action[1]}: {done.status}\n{done.text()[:2000]}"

    def goes_home(self) -> None:
        """Close all browsers."""
        for context in self.contexts:
            context.close()


class ByKeyboard(Somebody):
    """Somebody without a mouse: Tab, Enter, Space and letters."""

    def in_view(self, role: str, words: str, within: Locator | None = None) -> Locator:
        """Go there by Tab."""
        wanted = super().in_view(role, words, within)
        self.tabs_to(wanted)
        return wanted

    def tabs_to(self, wanted: Locator) -> None:
        """Press Tab until it has the focus, which must be seen."""
        expect(wanted).to_be_visible()
        for _ in range(150):
            if wanted.evaluate("e => e === document.activeElement"):
                drawn = wanted.evaluate(
                    "e => getComputedStyle(e).outlineStyle + getComputedStyle(e).boxShadow"
                )
                assert drawn != "nonenone", f"the focus cannot be seen on {wanted}"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never came to {wanted}")

    def follows(self, words: str, *, within: Locator | None = None) -> None:
        """Enter on a link."""
        self.in_view("link", words, within)
        self._goes_by("Enter")

    def presses(self, words: str, *, within: Locator | None = None) -> None:
        """Enter on a button."""
        self.in_view("button", words, within)
        self._goes_by("Enter")

    def chooses(self, words: str, *, within: Locator | None = None) -> None:
        """Space on a round button."""
        wanted = self.in_view("radio", words, within)
        self.page.keyboard.press("Space")
        expect(wanted).to_be_checked()

    def ticks(self, words: str, *, within: Locator | None = None) -> None:
        """Space on a box."""
        wanted = self.in_view("checkbox", words, within)
        self.page.keyboard.press("Space")
        expect(wanted).to_be_checked()

    def writes(self, label: str, text: str, *, within: Locator | None = None) -> None:
        """Letter by letter."""
        self.tabs_to((within or self.page.locator("main")).get_by_label(begins(label)).first)
        self.page.keyboard.type(text)

    def _goes_by(self, key: str) -> None:
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.keyboard.press(key)
        self.sees_no_sideways_scrolling()


def begins(words: str, *, then: str = r"(?!\w)") -> re.Pattern[str]:
    """Names that begin with these words."""
    return re.compile(r"^\s*" + re.escape(words) + then, re.IGNORECASE)


def one_of(words: str) -> re.Pattern[str]:
    """The same where names are many and alike: "Agree" is not "Agree, with a worry"."""
    return begins(words, then=r"(?![\w,])")
