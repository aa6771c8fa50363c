"""Rules of lists of input items: the order asked for, every page, every item that was sent."""

from collections.abc import Iterator
from typing import Any, Final

from harness.protocol.spans import word
from harness.rules.story import Created, Item, Step, Story, kind, text_of
from harness.rules.telling import Amiss, StoryRule

Sign = tuple[str, Any, str]


def _data(step: Step) -> list[Item]:
    value = (step.reply.response or {}).get("data")
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _sign(item: Item) -> Sign:
    """What makes an item the same when it comes back: services give items that were sent ids of their own."""
    return kind(item), word(item, "call_id") or word(item, "role"), text_of(item).strip()


def _listings(story: Story) -> Iterator[tuple[Created, Step]]:
    """Every list that was answered, beside the request whose input it lists."""
    for step in story.of("input_items"):
        made = story.by_id.get(step.about or "")
        if made is not None and step.http == 200:
            yield made, step


class ItemsInOrder(StoryRule):
    """Input items are listed in the order that was asked for: newest first, or `order=asc`.

    Shown by defect B23.
    """

    name = "state.items_order"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made, step in _listings(story):
            signs = [_sign(item) for item in made.input]
            sent = {sign: at for at, sign in enumerate(signs) if signs.count(sign) == 1}
            places = [sent[sign] for item in _data(step) if (sign := _sign(item)) in sent]
            if len(places) < 2:
                continue
            wanted = sorted(places, reverse=step.asked("order", "desc") != "asc")
            message = f"input items are not listed in the order {step.asked('order', 'desc')}"
            yield None if places == wanted else Amiss(step.reply, "/data", message, wanted, places)


def _walks(story: Story) -> Iterator[tuple[Created, list[Step]]]:
    """Pages that follow one another: each asks for what comes after the last item of the one before."""
    walks: list[tuple[Created, list[Step]]] = []
    for made, step in _listings(story):
        after, order = step.asked("after"), step.asked("order", "desc")
        for walked, pages in walks:
            last = (pages[-1].reply.response or {}).get("last_id")
            if after and walked is made and last == after and pages[-1].asked("order", "desc") == order:
                pages.append(step)
                break
        else:
            if after is None:
                walks.append((made, [step]))
    yield from walks


class PagesFitTogether(StoryRule):
    """Pages of input items repeat no item, leave none out, and say rightly whether there are more.

    Compared are the pages that were asked for one after another, and with one another whichever size they had.

    Shown by defect B24.
    """

    name = "state.items_pagination"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        walks = list(_walks(story))
        for made, pages in walks:
            yield self._amiss(made, pages, walks)

    def _amiss(self, made: Created, pages: list[Step], walks: list[tuple[Created, list[Step]]]) -> Amiss | None:
        seen: list[Any] = []
        for step in pages:
            ids = [word(item, "id") for item in _data(step)]
            limit = step.asked("limit", "20") or ""
            if limit.isdecimal() and len(ids) > int(limit):
                return Amiss(step.reply, "/data", "a page is longer than was asked for", int(limit), len(ids))
            if again := [item_id for item_id in ids if item_id in seen]:
                return Amiss(step.reply, "/data", "a page repeats an item of the page before", None, again)
            seen += ids
        last = pages[-1]
        if (last.reply.response or {}).get("has_more"):
            if not _data(last):
                return Amiss(last.reply, "/has_more", "an empty page says that there are more", False, True)
            return None
        for other, others in walks:
            all_ids = {word(item, "id") for step in others for item in _data(step)}
            if other is made and (missing := all_ids - set(seen)):
                message = "the list has ended, and another list of the same response has more"
                return Amiss(last.reply, "/has_more", message, sorted(map(str, missing)), False)
        return None


class ItemsAreAllThere(StoryRule):
    """Every item that was sent is in the list of input items, the outputs of tools too.

    Shown by defect B25.
    """

    name = "state.items_incomplete"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        walks = list(_walks(story))
        for made, pages in walks:
            if (pages[-1].reply.response or {}).get("has_more") is not False:
                continue
            listed = {_sign(item) for one, all_ in walks if one is made for step in all_ for item in _data(step)}
            sent = [item for item in made.input if kind(item) == "message" or kind(item).endswith("_output")]
            missing = [item for item in sent if _sign(item) not in listed]
            message = "items that were sent are missing in the list"
            if sent:
                yield Amiss(pages[-1].reply, "/data", message, missing[:4], None) if missing else None


LISTING_RULES: Final = (ItemsInOrder(), PagesFitTogether(), ItemsAreAllThere())
"""Rules of family `state` about lists."""
