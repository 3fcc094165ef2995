"""What feeds cost that are many, and the feeds alone: how both grow with the number of items.

usage: topics.py PROGRAM LIMIT CORPUS.py FOLDER [--items N,N…] [--topics T] [--rounds R]

PROGRAM, LIMIT, CORPUS.py and FOLDER are those of peers/measure.py. Every item has two of T topics (300), each of
which has feeds in three formats, a list, and lists by year; the items are otherwise those it makes. CPU
seconds are user and system, and medians of R rounds (3); the slope is that of their logarithms over the
logarithms of the items, from each size to the next: 1 is linear.

Prints tables in Markdown.
"""

import math
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from peers.measure import SITES, run

NOW = ["--now", "2026-11-24T12:00:00Z"]


def begin(folder, corpus, items, topics):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "items").mkdir(parents=True)
    subprocess.run([sys.executable, corpus, folder / "items", "--items", str(items), "--style", "plain", "--seed", "1"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for number, path in enumerate(sorted((folder / "items").iterdir())):
        # Far apart, so that a topic's items are of all years.
        names = f"tags: [Sujet {number * 7 % topics}, Sujet {(number * 31 + 11) % topics}]"
        path.write_text(re.sub(r"(?m)^tags: .*$", names, path.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    ours = (SITES / "ours/crieur.toml").read_text(encoding="utf-8")
    (folder / "crieur.toml").write_text(ours.replace("topics = false", "topics = true"), encoding="utf-8")


def measure(program, limit, folder, rounds):
    """The median CPU seconds of each kind of run, the seconds it took, and its memory in MB."""
    results = {}
    edited = sorted((folder / "items").iterdir())[-1]
    text = edited.read_text(encoding="utf-8")
    new = folder / "items/2026-11-23-nouveau.md"
    for number in range(rounds):
        shutil.rmtree(folder / "public", ignore_errors=True)
        shutil.rmtree(folder / ".crieur", ignore_errors=True)
        (folder / "ledger.jsonl").unlink(missing_ok=True)
        new.unlink(missing_ok=True)
        edited.write_text(text, encoding="utf-8")

        def noted(name, command):
            results.setdefault(name, []).append(run(command, folder))

        noted("all new", [program, "--quiet", *NOW, "--accept", "old-items"])
        # What is younger than two seconds is not trusted.
        time.sleep(2.5)
        shutil.rmtree(folder / ".crieur")
        noted("nothing changed, no cache", [program, "--quiet", *NOW])
        noted("nothing changed", [program, "--quiet", *NOW])
        edited.write_text(f"{text}\nUn mot de plus, {number}.\n", encoding="utf-8")
        noted("one edited", [program, "--quiet", *NOW])
        new.write_text("---\ntitle: Un nouveau\ntags: [Sujet 1, Sujet 2]\n---\n\nUn texte.\n", encoding="utf-8")
        noted("one new, `--only feeds`", [program, "build", "--only", "feeds", "--quiet", *NOW])
        noted("`check`", [program, "check", "--quiet", *NOW])
        noted("limit: read every head", [limit, folder / "items"])
    return {name: [statistics.median(column) for column in zip(*runs)] for name, runs in results.items()}


def main():
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    options = dict(zip(sys.argv[1:], sys.argv[2:]))
    for name in ("--items", "--topics", "--rounds"):
        if name in options:
            arguments.remove(options[name])
    program, limit, corpus, folder = (Path(argument).resolve() for argument in arguments)
    sizes = [int(size) for size in options.get("--items", "1000,10000").split(",")]
    topics, rounds = int(options.get("--topics", "300")), int(options.get("--rounds", "3"))
    table = {}
    for items in sizes:
        room = folder / f"topics-{items}"
        begin(room, corpus, items, topics)
        table[items] = measure(program, limit, room, rounds)
        feeds = sum(1 for _ in room.glob("public/tags/*/feed.atom"))
        assert feeds == topics, f"{feeds} topics with feeds, not {topics}"
        shutil.rmtree(room)
    print(f"\n| {topics} topics, CPU s (s; MB at most) |" + "|".join(f" {items:,} " for items in sizes) + "| slope |")
    print("|---|" + "---:|" * (len(sizes) + 1))
    for name in table[sizes[0]]:
        cells = [table[items][name] for items in sizes]
        slopes = [
            math.log(after[0] / max(before[0], 0.01)) / math.log(larger / smaller)
            for before, after, smaller, larger in zip(cells, cells[1:], sizes, sizes[1:])
        ]
        shown = "|".join(f" {cpu:.2f} ({wall:.2f}; {memory:.0f}) " for cpu, wall, memory in cells)
        print(f"| {name} |{shown}| {', '.join(f'{slope:.2f}' for slope in slopes)} |")


if __name__ == "__main__":
    main()
