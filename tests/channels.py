"""A newsroom with topics, languages, folders and a past, and what readers must show of each of its feeds.

    python3 tests/channels.py FOLDER        writes FOLDER/crieur.toml, FOLDER/items and FOLDER/truth/*.json

Each truth is a list as `judge.py` takes it, made here from what was written and not by the program
that is judged. `FOLDER/feeds` names them: the feed below the output folder without its ending, its
truth, and its formats.
"""

import datetime
import json
import pathlib
import sys

CONFIG = """title = "Salle de presse"
url = "https://www.example.org/presse/"
language = "fr"
timezone = "Europe/Paris"
authority = "example.org,2020"

[publisher]
name = "Ville d'Exemple"

[feeds]
window = 40
people = true
"""

TOPICS = ["Économie", "Sport", "C++"]
PEOPLE = [("Marion CORTES", "marion@example.org"), ("Carine JOLY", "carine@example.org")]


def items():
    first = datetime.datetime(2026, 1, 5, 8, 30, tzinfo=datetime.timezone.utc)
    for number in range(150):
        at = first + datetime.timedelta(hours=31 * number)
        english = number % 5 == 4
        name = f"{'sport/' if number % 7 == 0 else ''}n{number:03}"
        yield {
            "name": name,
            "at": at,
            "language": "en" if english else "fr",
            "title": f"{'News' if english else 'Nouvelle'} {number} – R&D « d'été » <{number}>",
            "tags": [TOPICS[number % 3]],
            "authors": [PEOPLE[number % 2]] if number % 4 else PEOPLE,
        }


def text(item):
    people = "".join(f"\n  - {name} <{address}>" for name, address in item["authors"])
    return (
        f"---\ntitle: {json.dumps(item['title'], ensure_ascii=False)}\ndate: {item['at'].isoformat()}\n"
        f"language: {item['language']}\ntags: {json.dumps(item['tags'], ensure_ascii=False)}\nauthors:{people}\n---\n\n"
        f"Le premier paragraphe de {item['name']}.\n\nEt le second, avec **du gras** et un [lien](https://www.example.org/).\n"
    )


def truth(item):
    folder = f"{item['language']}/" if item["language"] != "fr" else ""
    at = item["at"].isoformat()
    return {
        "id": f"tag:example.org,2020:{item['name']}",
        "title": item["title"],
        "link": f"https://www.example.org/presse/{folder}{item['name']}/",
        "published": at,
        "updated": at,
        "authors": [{"name": name, "email": address} for name, address in item["authors"]],
        "categories": item["tags"],
        "content_contains": [f"Le premier paragraphe de {item['name']}."],
    }


def main():
    root = pathlib.Path(sys.argv[1])
    (root / "truth").mkdir(parents=True, exist_ok=True)
    (root / "crieur.toml").write_text(CONFIG)
    everything = list(items())
    for item in everything:
        path = root / "items" / f"{item['name']}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(item))
    newest = sorted(everything, key=lambda item: item["at"], reverse=True)
    both = ["atom", "json"]
    every = ["atom", "rss", "json"]
    channels = [
        ("feed", newest[:40], every),
        # 150 items, 40 in the window: a closed part of the oldest 100, and an open one with 10.
        ("archive/feed-1", newest[50:], both),
        ("archive/feed-2", newest[40:50], both),
        ("en/feed", [item for item in newest if item["language"] == "en"][:40], every),
        ("tags/economie/feed", [item for item in newest if item["tags"] == ["Économie"]][:40], every),
        ("sport/feed", [item for item in newest if item["name"].startswith("sport/")][:40], every),
        ("people/carine-joly/feed", [item for item in newest if PEOPLE[1] in item["authors"]][:40], every),
    ]
    lines = []
    for feed, entries, formats in channels:
        name = feed.replace("/", "-")
        (root / "truth" / f"{name}.json").write_text(json.dumps([truth(item) for item in entries], ensure_ascii=False))
        lines.append(f"{feed} {name} {' '.join(formats)}")
    (root / "feeds").write_text("\n".join(lines) + "\n")


main()
