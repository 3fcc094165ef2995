"""Compares what the program says of real folders with an independent reading of them.

usage: check.py PROGRAM

The folders are not part of this repository: they are looked for in CRIEUR_CORPORA, else in
../shared/corpora, and without them this says that it did nothing. Each becomes a newsroom with the
crieur.toml beside this file. Every file must then be an item that equals the truth (truth.py), or
be named as a problem, or be skipped with a reason, as the truth has it; and neither the zone and
locale of the machine nor the order in which the files came to the disk may change a byte.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import truth

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "ci/corpora"
NOW = ["--now", "2026-11-24T12:00:00Z"]
HOME = {"TZ": "UTC", "LC_ALL": "C"}
# As far from it as there is, with letters that fold otherwise.
ELSEWHERE = {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}

COLUMNS = ("files", "items", "equal", "problems", "skipped", "absent", "different")
# So that nothing passes because nothing was looked at: files, items, problems, skipped.
EXPECTED = {
    "bitcoincore": (420, 415, 5, 0),
    "debian-news": (125, 0, 0, 125),
    "digitalgov": (952, 651, 3, 298),
    "dinum-design": (65, 44, 15, 6),
    "etcd": (24, 23, 0, 1),
    "jekyll-news": (103, 102, 0, 1),
    "letsencrypt": (122, 121, 0, 1),
    "rust-blog-2023": (345, 344, 0, 1),
}


@dataclass
class Result:
    """One corpus: how many files of each kind, and what is otherwise than it should be."""

    counts: dict = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    wrong: list = field(default_factory=list)


def room(name, corpus, items):
    """A newsroom of that corpus below target/, its items made by `items(corpus, place)`."""
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(HERE / corpus.name / "crieur.toml", folder)
    items(corpus, folder / "items")
    return folder


def linked(corpus, items):
    items.symlink_to(corpus, target_is_directory=True)


def shuffled(corpus, items):
    """The same files, written in another order than the disk has them."""
    files = truth.files(corpus)
    random.Random(corpus.name).shuffle(files)
    for path in files:
        place = items / path.relative_to(corpus)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def run(program, folder, environment, *words):
    """Exit code, standard output and standard error of one command."""
    bare = {"SystemRoot": os.environ["SystemRoot"]} if "SystemRoot" in os.environ else {}
    done = subprocess.run(
        [program, *words, *NOW], cwd=folder, env=bare | environment, capture_output=True, stdin=subprocess.DEVNULL
    )
    return done.returncode, done.stdout, done.stderr


SHOW = ("show", "--format", "json", "--keep-going")
CHECK = ("check", "--format", "json", "--verbose")
BUILD = ("build", "--keep-going")


def everything(program, folder, environment):
    """Every byte that the program says or writes of a newsroom."""
    said = {words: run(program, folder, environment, *words) for words in (SHOW, CHECK, BUILD)}
    public = folder / "public"
    written = {path.relative_to(public).as_posix(): path.read_bytes() for path in truth.files(public)}
    shutil.rmtree(public, ignore_errors=True)
    return said, written


def moment_differs(item, key, wanted, zone):
    """How an instant of the item is not the one meant; a day is that day in the site's zone."""
    found = datetime.fromisoformat(item[key])
    if isinstance(wanted, datetime):
        same = found == wanted and (key != "published" or item["day"] is None)
    else:
        same = found.astimezone(zone).date() == wanted and (key != "published" or item["day"] == wanted.isoformat())
    return None if same else f"{key} is {item[key]} (day {item['day']}), not {wanted}"


def people_differ(item, wanted, bylines_only):
    """How the authors are not those meant: names, and what their texts say of them, in order."""
    if not wanted:
        # Nobody signs: the publisher stands in, and says so.
        return None if item["from"]["authors"] == "crieur.toml, [publisher]" else f"authors are {item['authors']}, not nobody"
    found = [(a["name"], a["role"], a["url"]) for a in item["authors"]]
    meant = [(person.name, person.role, person.url) for person in wanted]
    if bylines_only:
        found, meant = [names[0] for names in found], [names[0] for names in meant]
    return None if found == meant else f"authors are {found}, not {meant}"


def item_differs(item, meant, zone, bylines_only):
    yield moment_differs(item, "published", meant.moment, zone)
    if meant.updated:
        yield moment_differs(item, "updated", meant.updated, zone)
    elif item["updated"] != item["published"]:
        yield f"updated is {item['updated']}, which nobody wrote"
    yield people_differ(item, meant.people, bylines_only)
    over = meant.expires and meant.expires <= datetime.fromisoformat(NOW[1]).date()
    status = "draft" if meant.draft else "expired" if over else "published"
    if item["status"] != status:
        yield f"it is {item['status']}, not {status}"


def compare(corpus, said):
    """What the program says of each file against the truth."""
    result = Result()
    counts = result.counts
    zone = ZoneInfo(truth.ZONES[corpus.name])
    shown = json.loads(said[SHOW][1])
    items = {item["path"]: item for item in shown}
    assert len(items) == len(shown), "a path twice"
    lines = [json.loads(line) for line in said[CHECK][1].splitlines()]
    passed_over = {line["path"]: line["code"] for line in lines if line["severity"] == "skipped"}
    # A file that is an item may have warnings, one that is none has a problem that says why.
    named = {}
    for line in lines:
        if line["severity"] == "error" or line["code"] == "kind-not-read":
            named.setdefault(line["path"], []).append(line)
    meant = dict(truth.READINGS[corpus.name](corpus))
    on_disk = {path.relative_to(corpus).as_posix() for path in truth.files(corpus)}
    assert meant.keys() == on_disk, meant.keys() ^ on_disk
    for stray in (items.keys() | passed_over.keys() | named.keys()) - on_disk:
        result.wrong.append(f"{stray}: no such file")
    for path, wanted in meant.items():
        counts["files"] += 1
        wrong = []
        places = [path in items, path in named, path in passed_over]
        if sum(places) > 1:
            wrong.append(f"it is more than one of item, problem, skipped: {places}")
        if path in items:
            counts["items"] += 1
            if wanted.problem or wanted.skipped:
                wrong.append(f"it is an item, but {(wanted.problem or wanted.skipped)[1]}")
            else:
                wrong += filter(None, item_differs(items[path], wanted, zone, corpus.name == "digitalgov"))
        elif path in named:
            counts["problems"] += 1
            codes = [line["code"] for line in named[path]]
            if wanted.problem is None or wanted.problem[0] not in codes:
                wrong.append(f"it is a problem ({', '.join(codes)}), and should be {wanted}")
            elif "clash" in wanted.problem[0] and not any(
                other != path and meant[other].problem == wanted.problem and other in line["message"]
                for line in named[path]
                for other in meant
            ):
                wrong.append("the other culprit is not named")
        elif path in passed_over:
            counts["skipped"] += 1
            if wanted.skipped is None or wanted.skipped[0] != passed_over[path]:
                wrong.append(f"it is skipped ({passed_over[path]}), and should be {wanted}")
        else:
            counts["absent"] += 1
            wrong.append("not a word is said of it")
        if wanted.said and not any(wanted.said in line["message"] for line in lines):
            wrong.append(f"nobody is told of {wanted.said}")
        counts["equal"] += path in items and not wrong
        counts["different"] += path in items and bool(wrong)
        result.wrong += [f"{path}: {reason}" for reason in wrong]
    found = tuple(counts[column] for column in ("files", "items", "problems", "skipped"))
    if found != EXPECTED[corpus.name]:
        result.wrong.append(f"files, items, problems, skipped are {found}, not {EXPECTED[corpus.name]}")
    if counts["files"] != counts["items"] + counts["problems"] + counts["skipped"]:
        result.wrong.append("files are not items + problems + skipped")
    return result


def published_counts(corpus, said):
    """Of the corpora whose site's own output was kept, all of it was compared."""
    if not (corpus / "published.json").exists():
        return []
    shown = {item["path"] for item in json.loads(said[SHOW][1])}
    site = truth.published(corpus)
    wanted = {"jekyll-news": 102, "rust-blog-2023": 223}[corpus.name]
    missing = site.keys() - shown
    found = [f"{path}: the site published it" for path in sorted(missing)]
    return found + ([f"the site published {len(site)}, not {wanted}"] if len(site) != wanted else [])


def check(program, corpus):
    here = room(f"{corpus.name}/here", corpus, linked)
    there = room(f"{corpus.name}/there", corpus, shuffled)
    said, written = everything(program, here, HOME)
    result = compare(corpus, said)
    result.wrong += published_counts(corpus, said)
    if "feed.atom" not in written:
        result.wrong.append(f"no feed was written: {said[BUILD][2].decode()[-500:]}")
    # All at once, because each costs a build: which of them it was is the next question.
    others_said, others_written = everything(program, there, ELSEWHERE)
    otherwise = "in another zone and locale, with the files in another order"
    for words, answer in said.items():
        if others_said[words] != answer:
            result.wrong.append(f"`crieur {' '.join(words)}` says something else {otherwise}")
    for name in sorted(written.keys() | others_written.keys()):
        if written.get(name) != others_written.get(name):
            result.wrong.append(f"{name} is another {otherwise}")
    return result


def main():
    program = str(Path(sys.argv[1]).resolve())
    corpora = Path(os.environ.get("CRIEUR_CORPORA") or ROOT / "../shared/corpora").resolve()
    if not corpora.is_dir():
        print(f"SKIPPED: no real folders at {corpora}; nothing was compared (CRIEUR_CORPORA names another place)")
        return 0
    results = {name: check(program, corpora / name) for name in EXPECTED}
    assert results.keys() == truth.READINGS.keys()
    for name, result in results.items():
        for line in result.wrong:
            print(f"{name}: {line}")
    total = {column: sum(result.counts[column] for result in results.values()) for column in COLUMNS}
    print(f"{'':16}" + "".join(f"{column:>10}" for column in COLUMNS))
    for name, counts in [*((name, result.counts) for name, result in results.items()), ("total", total)]:
        print(f"{name:16}" + "".join(f"{counts[column]:>10}" for column in COLUMNS))
    wrong = sum(len(result.wrong) for result in results.values())
    print(f"{wrong} differences; another zone, locale or order of files was tried on each")
    return 1 if wrong else 0


sys.exit(main())
