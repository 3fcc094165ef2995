"""Reads the feeds back with Python's feedparser, which shares no code with what wrote them.

usage: feedparser_check.py PROGRAM

For the newsroom of this repository and for every folder of tests/cases that builds, each feed must
say what `crieur show --format json` says: ids, titles, links, instants, authors, in the same order;
and the three formats must carry the same content. feedparser does not read JSON Feed; there the
json module does.
"""

import calendar
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from datetime import datetime
from pathlib import Path

import feedparser

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ("atom", "rss", "json")
HARNESS = (ROOT / "tests/suite/harness.rs").read_text(encoding="utf-8")
CONFIG = re.search(r'pub const CONFIG: &str = r#"(.*?)"#;', HARNESS, re.S)[1]
NOW = re.search(r'pub const NOW: &str = "(.*?)";', HARNESS)[1]


def fold(text):
    return re.sub(r"\s+", " ", text or "").strip()


def instant(text):
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def read_xml(path):
    feed = feedparser.parse(path.read_bytes(), sanitize_html=False, resolve_relative_uris=False)
    if feed.bozo:
        raise ValueError(f"{path.name}: {feed.bozo_exception}")
    rss = path.suffix == ".rss"
    for entry in feed.entries:
        # feedparser hands the title of RSS out as it found it, so text that looks like an entity
        # is still one.
        yield {
            "id": entry.id,
            "title": html.unescape(entry.title) if rss else entry.title,
            "url": entry.link,
            "published": calendar.timegm(entry.published_parsed),
            "updated": None if rss else calendar.timegm(entry.updated_parsed),
            "authors": [(a.get("name"), None if rss else a.get("email")) for a in entry.get("authors", [])],
            # RSS has the whole text in `description` where there is no summary.
            "content": entry.content[0].value if "content" in entry else entry.get("summary"),
        }


def read_json(path):
    feed = json.loads(path.read_text(encoding="utf-8"))
    for item in feed["items"]:
        yield {
            "id": item["id"],
            "title": item["title"],
            "url": item.get("external_url") or item["url"],
            "published": instant(item["date_published"]),
            "updated": instant(item.get("date_modified") or item["date_published"]),
            "authors": [(author["name"], None) for author in item["authors"]],
            "content": item.get("content_html") or "",
        }


def differences(shown, entries, name):
    """What one feed says otherwise than `show`."""
    if [item["id"] for item in shown] != [entry["id"] for entry in entries]:
        yield f"{name}: ids are {[e['id'] for e in entries]}, not {[i['id'] for i in shown]}"
        return
    for item, entry in zip(shown, entries):
        addresses = name == "atom"
        wanted = {
            "title": fold(item["title"]),
            "url": item["url"],
            "published": instant(item["published"]),
            "updated": instant(item["updated"]),
            "authors": [(fold(a["name"]), a["email"] if addresses else None) for a in item["authors"]],
        }
        for field, value in wanted.items():
            found = fold(entry[field]) if field == "title" else entry[field]
            if field == "authors":
                # feedparser gives an author without an address the address of the one before.
                silent = [index for index, (_, address) in enumerate(value) if address is None]
                found = [(n, None if index in silent else e) for index, (n, e) in enumerate(found)]
            if found is not None and found != value:
                yield f"{name}, {item['path']}: {field} is {found!r}, not {value!r}"


def check(program, newsroom, environment, arguments):
    """Builds a newsroom and reads it back: (entries read, what differs), or None if it does not build."""

    def run(*words):
        return subprocess.run([program, *words, *arguments], cwd=newsroom, env=environment, capture_output=True, stdin=subprocess.DEVNULL)

    if run("build", "--keep-going").returncode > 1:
        return None
    config = tomllib.loads((newsroom / "crieur.toml").read_text(encoding="utf-8-sig"))
    feeds = config.get("feeds", {})
    shown = json.loads(run("show", "--format", "json", "--keep-going").stdout)
    shown = [item for item in shown if item["status"] in ("published", "withdrawn", "suspended")][: feeds.get("window", 50)]
    found, count, contents = [], 0, {}
    for name in feeds.get("formats", FORMATS):
        path = newsroom / config.get("out", "public") / f"feed.{name}"
        entries = list(read_json(path) if name == "json" else read_xml(path))
        count += len(entries)
        # Where tombstones were asked for, Atom has them instead of notices.
        buried = name == "atom" and feeds.get("tombstones", False)
        found += differences([item for item in shown if not (buried and item["status"] == "withdrawn")], entries, name)
        for entry in entries:
            contents.setdefault(entry["id"], {})[name] = fold(entry["content"])
    for identity, versions in contents.items():
        if len(set(versions.values())) > 1:
            found.append(f"{identity}: the content differs between {', '.join(versions)}: {versions}")
        if not all(versions.values()):
            found.append(f"{identity}: no content")
    return count, found


def main():
    program = str(Path(sys.argv[1]).resolve())
    bare = {"SystemRoot": os.environ["SystemRoot"]} if "SystemRoot" in os.environ else {}
    read, entries, unbuilt, wrong = 0, 0, [], []
    for case in [ROOT, *sorted((ROOT / "tests/cases").iterdir())]:
        if not case.is_dir():
            continue
        with tempfile.TemporaryDirectory() as folder:
            newsroom = Path(folder)
            (newsroom / "items").mkdir()
            (newsroom / "crieur.toml").write_text(CONFIG, encoding="utf-8")
            if (case / "items").is_dir():
                shutil.copytree(case / "items", newsroom / "items", dirs_exist_ok=True)
            else:
                (newsroom / "items").rmdir()
            if (case / "crieur.toml").is_file():
                shutil.copy(case / "crieur.toml", newsroom)
            environment = dict(bare)
            if (case / "env").is_file():
                pairs = (line.split("=", 1) for line in (case / "env").read_text(encoding="utf-8").splitlines())
                environment |= dict(pair for pair in pairs if len(pair) == 2)
            try:
                result = check(program, newsroom, environment, ["--now", NOW])
            except (KeyError, ValueError, AttributeError, OSError) as error:
                wrong.append(f"{case.name}: {type(error).__name__}: {error}")
                continue
        if result is None:
            unbuilt.append(case.name)
            continue
        read += 1
        entries += result[0]
        wrong += [f"{case.name}: {difference}" for difference in result[1]]
    for line in wrong:
        print(line)
    print(f"{read} newsrooms, {entries} entries read back, {len(wrong)} differences")
    print(f"{len(unbuilt)} do not build, as they should: {', '.join(unbuilt)}")
    sys.exit(bool(wrong) or read < 10)


main()
