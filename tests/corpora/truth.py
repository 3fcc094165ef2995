"""What each real folder says and its own site published: file by file, read without our program.

Where the site's own output was kept (`published.json`) that is the truth; elsewhere the head is
read as the site's generator would, and what the folder cannot mean (two posts at one address) is a
problem here too. A file that is no post says why. See bylines.py for who signs.
"""

import html
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

import bylines
import heads
from bylines import Person


def expiry(head):
    """When Hugo takes the post away, as the head says in any spelling of the key."""
    value = next((str(value) for key, value in head.items() if key.lower() == "expirydate" and value), None)
    return date.fromisoformat(value) if value else None


@dataclass
class Truth:
    """One file: an item with its `moment` and people, or why there is none."""

    # A day where only a day was written, else an instant.
    moment: date | datetime | None = None
    # In order; empty where nobody signs.
    people: tuple[Person, ...] = ()
    # The same, where the head gives one.
    updated: date | datetime | None = None
    # The code under which the file must be named as a problem, and why.
    problem: tuple[str, str] | None = None
    # The code under which it must be passed over, and why.
    skipped: tuple[str, str] | None = None
    # Whether the head holds it back.
    draft: bool = False
    # From when on it is out of feeds and lists (Hugo's `expirydate`).
    expires: date | datetime | None = None
    # Words that the folder's problems must hold, because a reader would see something odd.
    said: str | None = None


def skipped(code, why):
    return Truth(skipped=(code, why))


def wrong(code, why):
    return Truth(problem=(code, why))


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def published(folder):
    """What the site published, by path."""
    entries = json.loads((folder / "published.json").read_text(encoding="utf-8"))
    by_path = {entry["path"]: entry for entry in entries}
    assert len(by_path) == len(entries)
    return by_path


SITES_OUTPUT = skipped("skipped-other", "what the site published, not a post")


def jekyll_news(folder):
    """Every post with the instant and the author that the site's pages show."""
    site = published(folder)
    for path in files(folder):
        name = path.relative_to(folder).as_posix()
        if name == "published.json":
            yield name, SITES_OUTPUT
            continue
        entry, (head, _) = site[name], heads.head(path)
        moment = datetime.fromisoformat(entry["published"])
        if "date" not in head:
            # Only the name has a day: the site could but show its midnight.
            assert (moment.hour, moment.minute, moment.second) == (0, 0, 0), name
            moment = moment.date()
        yield name, Truth(moment, tuple(Person(author) for author in entry["authors"]))


def rust_blog(folder):
    """The feeds give the day as midnight UTC and the byline as one text; older posts, which no
    feed held any more, are read from their names and heads."""
    site = published(folder)
    for path in files(folder):
        name = path.relative_to(folder).as_posix()
        if name == "published.json":
            yield name, SITES_OUTPUT
            continue
        head, _ = heads.head(path)
        day, byline = heads.named_day(path), head["author"]
        if entry := site.get(name):
            shown = datetime.fromisoformat(entry["published"])
            assert shown.isoformat()[10:] == "T00:00:00+00:00", name
            day, [byline] = shown.date(), entry["authors"]
        yield name, Truth(day, bylines.read(byline))


def bitcoincore(folder):
    """Jekyll: the head's date, else the name's; nobody signs. The head's `id` is the identity."""
    undated = []
    found, ids = {}, defaultdict(list)
    for path in files(folder):
        head, _ = heads.head(path)
        name = path.relative_to(folder).as_posix()
        if "id" in head:
            ids[head["id"]].append(name)
        moment = heads.moment(head["date"], "UTC") if "date" in head else heads.named_day(path)
        if moment is None:
            # Only its address has a day.
            undated.append(name)
            year, month, day = re.search(r"/(\d{4})/(\d\d)/(\d\d)/", head["permalink"]).groups()
            moment = date(int(year), int(month), int(day))
        found[name] = Truth(moment)
    assert len(undated) == 1, undated
    for identity, names in ids.items():
        if len(names) > 1:
            found.update({name: wrong("id-clash", f"{len(names)} posts have the id {identity}") for name in names})
    yield from found.items()


def digitalgov(folder):
    """Hugo: dates with their offsets, authors by the folder that describes each of them."""
    zone, found, addresses, names = ZONES["digitalgov"], {}, defaultdict(list), {}
    for path in files(folder / "authors"):
        head, _ = heads.head(path)
        # One name holds an entity.
        names[path.parent.name] = html.unescape(head["display_name"]).strip()
        found[path.relative_to(folder).as_posix()] = skipped("skipped-people", "a person's page")
    for path in files(folder / "news"):
        head, body = heads.head(path)
        name = path.relative_to(folder).as_posix()
        if head.get("redirectto"):
            found[name] = skipped("skipped-redirect", "the page sends its visitors on")
            continue
        if not head.get("title") and not body:
            found[name] = wrong("item-empty", "neither a title nor a text")
            continue
        moment = heads.moment(head["date"], zone)
        slugs = [slug for slug in head.get("authors") or [] if slug]
        nameless = [slug for slug in slugs if slug not in names]
        people = bylines.people(*(names.get(slug, slug) for slug in slugs))
        found[name] = Truth(moment, people, draft=head.get("draft") == "true", expires=expiry(head), said=nameless[0] if nameless else None)
        addresses[f"{moment:%Y/%m/%d}/{head['slug']}"].append(name)
    for address, clashing in addresses.items():
        if len(clashing) > 1:
            found.update({name: wrong("url-clash", f"two posts at {address}") for name in clashing})
    yield from found.items()


def dinum_design(folder):
    """Days; nobody signs. Office documents are items, and their names bear no day: each asks for one."""
    zone = ZONES["dinum-design"]
    for path in files(folder):
        name = path.relative_to(folder).as_posix()
        if path.suffix in (".odt", ".docx"):
            yield name, wrong("date-missing", "an office document whose name bears no day")
        elif path.suffix == ".pdf":
            yield name, skipped("skipped-other", "a document to refer to")
        else:
            head, _ = heads.head(path)
            assert not {"author", "authors"} & head.keys(), name
            updated = heads.moment(head["updatedDate"], zone) if "updatedDate" in head else None
            yield name, Truth(heads.moment(head["publishedDate"], zone), updated=updated)


def etcd(folder):
    """Hugo: days, and bylines with links."""
    for path in files(folder):
        head, _ = heads.head(path)
        name = path.relative_to(folder).as_posix()
        if path.name == "_index.md":
            yield name, skipped("skipped-list", "the page of the list")
        else:
            yield name, Truth(heads.moment(head["date"], "UTC"), bylines.read(head.get("author") or ""))


def letsencrypt(folder):
    """Hugo: days written as midnight UTC; a byline of one text; two posts are HTML."""
    for path in files(folder):
        head, _ = heads.head(path)
        name = path.relative_to(folder).as_posix()
        if path.name == "_index.md":
            yield name, skipped("skipped-list", "the page of the list")
        else:
            # One post has an hour; the site shows days alone.
            moment = heads.moment(head["date"].removesuffix("T00:00:00Z"), "UTC")
            updated = heads.moment(head["lastmod"], "UTC") if "lastmod" in head else None
            yield name, Truth(moment, bylines.read(head.get("author") or ""), updated=updated)


def debian_news(folder):
    """Releases in WML, which nobody here reads; those with a date are releases all the same."""
    releases = 0
    for path in files(folder):
        dated = re.search(rb"<define-tag release_date>\s*(\d{4}-\d\d-\d\d)", path.read_bytes())
        assert (dated is None) == (path.name == "index.wml"), path
        releases += dated is not None
        why = f"a release of {dated[1].decode()}, in WML" if dated else "the page of a year, in WML"
        yield path.relative_to(folder).as_posix(), skipped("skipped-other", why)
    assert releases == 103, releases


# The zone of each site: where only a day was written, it is the day there.
ZONES = {
    "bitcoincore": "UTC",
    "debian-news": "UTC",
    "digitalgov": "America/New_York",
    "dinum-design": "Europe/Paris",
    "etcd": "UTC",
    "jekyll-news": "America/Los_Angeles",
    "letsencrypt": "UTC",
    "rust-blog-2023": "UTC",
}

READINGS = {
    "bitcoincore": bitcoincore,
    "debian-news": debian_news,
    "digitalgov": digitalgov,
    "dinum-design": dinum_design,
    "etcd": etcd,
    "jekyll-news": jekyll_news,
    "letsencrypt": letsencrypt,
    "rust-blog-2023": rust_blog,
}
