"""A terminal reader that subscribed on the first day, and what it has after each act.

usage: newsboat.py PROGRAM

The stories of tests/suite/life.rs use libraries that parse feeds; whether a release is shown twice is
decided by programs that people read with. newsboat keeps every article in a database, by id: after
each step it must have each article once, none may be lost, and only what was announced as new may be
unread. One subscribes to the Atom feed and another to the RSS feed, over HTTP as from any site: it
takes entries with one id for one article, whatever the feed. JSON Feed it does not read.
"""

import functools
import http.server
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

CONFIG = """title = "Salle de presse"
url = "https://www.example.org/presse/"
language = "fr"
timezone = "Europe/Paris"
authority = "example.org,2020"

[publisher]
name = "Ville d'Exemple"
"""
POOL = "# La piscine rouvre\n\nLe bassin rouvre lundi après trois mois de travaux, avec des horaires élargis le soir.\n"
FEEDS = ("feed.atom", "feed.rss")


class Server(http.server.SimpleHTTPRequestHandler):
    extensions_map = {".atom": "application/atom+xml", ".rss": "application/rss+xml", "": "application/octet-stream"}

    def send_header(self, keyword, value):
        # The builds of a year take seconds here: a time stamp in seconds would hide the next one.
        if keyword != "Last-Modified":
            super().send_header(keyword, value)

    def log_message(self, *_):
        pass


class Reader:
    """newsboat with a home of its own."""

    def __init__(self, folder, url):
        self.folder, self.known = folder, set()
        folder.mkdir(parents=True)
        (folder / "urls").write_text(f"{url}\n", encoding="utf-8")
        (folder / "config").write_text("reload-threads 1\n", encoding="utf-8")
        self.cache = folder / "cache.db"

    def reload(self):
        files = ["-u", self.folder / "urls", "-C", self.folder / "config", "-c", self.cache]
        environment = {"HOME": str(self.folder), "LANG": "C.UTF-8", "TERM": "dumb"}
        done = subprocess.run(
            ["newsboat", *files, "-x", "reload"], env=environment, capture_output=True, text=True, timeout=60
        )
        if done.returncode != 0:
            raise SystemExit(f"newsboat: {done.stdout}{done.stderr}")

    def articles(self):
        with sqlite3.connect(self.cache) as cache:
            return cache.execute("SELECT guid, title, unread, content FROM rss_item WHERE deleted = 0").fetchall()

    def read_all(self):
        with sqlite3.connect(self.cache) as cache:
            cache.execute("UPDATE rss_item SET unread = 0")


class Story:
    def __init__(self, program, folder):
        self.program, self.room = program, folder / "newsroom"
        self.public = self.room / "public"
        self.public.mkdir(parents=True)
        self.write("crieur.toml", CONFIG)
        handler = functools.partial(Server, directory=self.public)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{self.server.server_port}"
        self.readers = {feed: Reader(folder / "readers" / feed, f"{address}/{feed}") for feed in FEEDS}
        self.wrong = []
        self.now = None

    def write(self, path, text):
        path = self.room / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, path, before, after):
        text = (self.room / path).read_text(encoding="utf-8")
        assert before in text, text
        self.write(path, text.replace(before, after))

    def crieur(self, *arguments):
        command = [self.program, *arguments, "--now", self.now]
        subprocess.run(command, cwd=self.room, check=True, capture_output=True, env={})

    def build(self, step, total, new, shows=()):
        """So many articles there are then; these titles are unread, and these texts can be read."""
        self.crieur("build")
        for feed, reader in self.readers.items():
            reader.reload()
            articles = reader.articles()
            guids = {guid for guid, *_ in articles}
            unread = sorted(title for _, title, unread, _ in articles if unread)
            problems = []
            if len(guids) != len(articles) or len(guids) != total:
                problems.append(f"{len(articles)} articles and not {total}: {sorted(guids)}")
            if unread != sorted(new):
                problems.append(f"unread: {unread} and not {sorted(new)}")
            problems += [f"{guid} is lost" for guid in reader.known - guids]
            for text in shows:
                if not any(text in title or text in content for _, title, _, content in articles):
                    problems.append(f"nobody can read {text!r}")
            self.wrong += [f"{step}: {feed}: {problem}" for problem in problems]
            print(f"{step}: {feed}: {len(articles)} articles, {len(unread)} unread")
            reader.known |= guids
            reader.read_all()


def main(program):
    version = subprocess.run(["newsboat", "-v"], capture_output=True, text=True, check=True).stdout
    print(re.search(r"newsboat \S+", version, re.I)[0])
    with tempfile.TemporaryDirectory() as scratch:
        story = Story(program, Path(scratch))
        story.now = "2026-01-12T12:00:00Z"
        story.write("items/2026-01-12-piscine.md", POOL)
        story.write("items/2026-01-05-budget.md", "# Le budget\n\nLe conseil a voté le budget de cette année.\n")
        story.build("published", 2, ["La piscine rouvre", "Le budget"])

        story.now = "2026-01-13T12:00:00Z"
        shutil.move(story.room / "items/2026-01-12-piscine.md", story.room / "items/2026-01-12-bassin.md")
        story.build("renamed", 2, [])

        story.now = "2026-01-14T12:00:00Z"
        story.edit("items/2026-01-12-bassin.md", "le soir", "le matin")
        story.build("edited silently", 2, [], ["le matin"])

        story.now = "2026-01-15T12:00:00Z"
        story.edit("items/2026-01-12-bassin.md", "lundi", "mardi")
        story.crieur("correct", "items/2026-01-12-bassin.md", "--note", "Le bassin rouvre mardi.")
        story.build("corrected", 2, [], ["Le bassin rouvre mardi."])

        story.now = "2026-01-16T12:00:00Z"
        story.crieur("withdraw", "items/2026-01-05-budget.md", "--reason", "Le vote est annulé.")
        story.build("withdrawn", 2, [], ["Le vote est annulé.", "[Communiqué retiré] Le budget"])

        story.now = "2026-01-17T12:00:00Z"
        story.edit("crieur.toml", "https://www.example.org/presse/", "https://presse.example.com/")
        story.build("moved to another domain", 2, [])

        story.now = "2026-01-18T12:00:00Z"
        story.edit("items/2026-01-05-budget.md.toml", 'status = "withdrawn"\n', "")
        story.crieur("correct", "items/2026-01-05-budget.md", "--kind", "update", "--note", "Le vote est valable.")
        story.build("restored", 2, [], ["Le vote est valable.", "Le conseil a voté"])

        story.now = "2026-01-19T12:00:00Z"
        story.write("items/2026-01-19-stade.md", "# Le stade\n\nLe stade ouvre aux écoles le mercredi.\n")
        story.build("another published", 3, ["Le stade"])
        story.server.shutdown()
    for problem in story.wrong:
        print(problem)
    return 1 if story.wrong else 0


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).resolve())))
