"""Counts the instructions of fixed builds, by stage: what no other work on the machine changes.

usage: instructions.py PROGRAM [--items N]
       instructions.py PROGRAM --limit LIMIT --at-most RATIO

PROGRAM is a build with its names in it (`cargo build --profile perf`). valgrind's callgrind runs it in one
thread on N releases (300) that are the same in every run; what the system does for it is not counted. The
seeds of hash tables differ from run to run: below half a percent is noise.

Prints the rows of the table in docs/performance.md: millions of instructions, each stage with all that it
calls. A stage whose functions are not in the program any more is an error, not a zero.

With --limit it counts what one item more costs, by PROGRAM and by LIMIT (`examples/limit.rs`, of the same kind of
build), and fails where that is more than RATIO times as much: what makes every item dearer is seen the day it comes.
Any build will do, since both are built by the same compiler in the same way, and what a run costs before its first
item is left out.
"""

import random
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

CONFIG = """title = "Salle de presse"
url = "https://www.example.org/presse/"
language = "fr"
timezone = "Europe/Paris"
authority = "example.org,2011"

[publisher]
name = "Ville d'Exemple"

[feeds]
topics = false
languages = false
"""
WORDS = (
    "la ville annonce un programme de travaux pour les écoles du centre et du port avec le conseil les habitants "
    "et la région un budget de douze millions sera voté au printemps après une consultation ouverte à tous dans "
    "les mairies de quartier le maire rappelle que l’accès reste libre chaque jour jusqu’à la fin du chantier"
).split()
# A stage is where its work begins: functions that are called by no other of the list.
STAGES = {
    "taking what was kept": ["crieur::resolve::head::recall"],
    "reading (text → draft)": ["crieur::input::read"],
    "resolving (draft → item)": ["crieur::resolve::one", "crieur::resolve::together"],
    "planning": ["crieur::render::plan::plan"],
    "rendering": ["<crieur::render::Renderer>::make", "crieur::render::Renderer::make"],
}


def text(number, chance):
    """A release of 1.5 to 6 kB: paragraphs with marks, a list, in every third a table."""

    def sentence():
        words = chance.choices(WORDS, k=chance.randint(8, 24))
        words[3] = f"*{words[3]}*"
        words[6] = f"[{words[6]}](https://www.example.org/{number})"
        return " ".join(words).capitalize() + "."

    blocks = [" ".join(sentence() for _ in range(4)) for _ in range(chance.randint(2, 8))]
    blocks.insert(1, "## Le calendrier")
    blocks.insert(2, "\n".join(f"- {sentence()}" for _ in range(4)))
    if number % 3 == 0:
        rows = "\n".join(f"| 20{year} | {chance.randint(100, 999)} |" for year in range(11, 17))
        blocks.append(f"| Année | Budget |\n|---|---:|\n{rows}")
    head = f"title: Communiqué {number}\nauthors: [{{name: Camille MARTIN, email: c@example.org}}]\ntags: [travaux, écoles]"
    return f"---\n{head}\n---\n" + "\n\n".join(blocks) + "\n"


def begin(folder, items):
    chance = random.Random(1)
    (folder / "items").mkdir()
    (folder / "crieur.toml").write_text(CONFIG, encoding="utf-8")
    for number in range(items):
        day = date(2011, 1, 1) + timedelta(days=number * 5400 // items)
        (folder / f"items/{day}-communique-{number}.md").write_text(text(number, chance), encoding="utf-8")


# What `.ci/run` and the table build: the same on every day.
BUILD = ["build", "--quiet", "--accept", "old-items", "--now", "2026-11-24T12:00:00Z"]


def collected(command, folder, out="/dev/null"):
    """Instructions of a whole run in one thread; what callgrind knows of it is in `out`."""
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command]
    environment = {"RAYON_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"exit {run.returncode}: {run.stdout}{run.stderr}")
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1))


def count(program, folder, arguments):
    """Instructions in all, and of each function with all that it calls."""
    out = folder.parent / "callgrind"
    total = collected([program, *BUILD, *arguments], folder, out)
    annotated = subprocess.run(
        ["callgrind_annotate", "--inclusive=yes", "--threshold=100", "--show-percs=no", out],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    functions = {}
    for line in annotated.splitlines():
        if found := re.match(r"\s*([\d,]+)\s+\S*?:(\S.*?)(?: \[[^\]]*\])?$", line):
            name = re.sub(r"'\d+$", "", found.group(2))
            functions[name] = max(functions.get(name, 0), int(found.group(1).replace(",", "")))
    return total, functions


def stages(total, functions, whole):
    found = {}
    for stage, names in STAGES.items():
        costs = [cost for name, cost in functions.items() if name in names]
        if not costs and whole:
            sys.exit(f"no function of {stage!r} in the program: {names}")
        found[stage] = sum(costs)
    found["the rest (walking, comparing, writing)"] = total - sum(found.values())
    return {**found, "in all": total}


def hold(program, limit, most):
    fewer, more = 20, 60
    counts = []
    with tempfile.TemporaryDirectory() as scratch:
        for items in (fewer, more):
            folder = Path(scratch) / str(items)
            (folder / "least").mkdir(parents=True)
            begin(folder, items)
            built = collected([program, *BUILD], folder)
            counts.append((built, collected([limit, "items", "least"], folder)))
    ours, least = ((after - before) / (more - fewer) for before, after in zip(*counts, strict=True))
    print(f"an item more: {ours / 1e6:.2f} million instructions, {ours / least:.1f} x the limit (at most {most:g})")
    if ours > most * least:
        sys.exit("Every item costs more than it did. Count by stage (`cargo build --profile perf`, then this without --limit)")


def main(program, items):
    described = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "newsroom"
        folder.mkdir()
        begin(folder, items)
        runs = {"all new": (lambda: None, [])}
        edited = sorted((folder / "items").iterdir())[items // 2]
        runs["nothing changed, no cache"] = (lambda: shutil.rmtree(folder / ".crieur", ignore_errors=True), [])
        # What the run before it has kept is trusted when the files are older than two seconds: valgrind is slow.
        runs["nothing changed"] = (lambda: None, [])
        runs["one edited"] = (lambda: edited.write_text(edited.read_text(encoding="utf-8") + "\nUn mot.\n", encoding="utf-8"), [])
        new = folder / "items/2026-11-23-nouveau.md"
        runs["one new, feeds only"] = (lambda: new.write_text("# Un nouveau\n\nUn texte.\n", encoding="utf-8"), ["--only", "feeds"])
        table = {}
        for name, (change, arguments) in runs.items():
            change()
            table[name] = stages(*count(program, folder, arguments), whole=name == "all new")
    print(f"Millions of instructions, {items} items, {described.stdout.strip()}\n")
    print("| |" + "|".join(f" {name} " for name in table) + "|\n|---|" + "---:|" * len(table))
    for stage in next(iter(table.values())):
        print(f"| {stage} |" + "|".join(f" {column[stage] / 1e6:,.0f} " for column in table.values()) + "|")


if __name__ == "__main__":
    options = dict(zip(sys.argv[1:], sys.argv[2:], strict=False))
    program = str(Path(sys.argv[1]).resolve())
    if "--limit" in options:
        hold(program, str(Path(options["--limit"]).resolve()), float(options["--at-most"]))
    else:
        main(program, int(options.get("--items", "300")))
