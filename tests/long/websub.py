"""A real hub: Flask-WebSub, from the registry of Python. A subscriber asks it for the feeds, the newsroom
publishes, the hub is told, fetches, and brings the feed to the subscriber.

usage: websub.py PROGRAM   (needs what .ci/requirements-hub.txt lists)
"""

import functools
import http.server
import logging
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import urllib.request
from pathlib import Path

import werkzeug.serving
from celery import Celery
from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage

CONFIG = """title = "Salle de presse"
url = "{site}/presse/"
language = "en"
timezone = "Europe/Paris"
authority = "example.org,2020"

[publisher]
name = "Ville d'Exemple"

[feeds]
hubs = ["{hub}"]
"""


def serve(handler):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


class Site(http.server.SimpleHTTPRequestHandler):
    """Shows the folder; this hub reads what a feed is from headers alone."""

    hub = ""

    def end_headers(self):
        here = f"http://{self.headers['Host']}{self.path}"
        self.send_header("Link", f'<{self.hub}>; rel="hub", <{here}>; rel="self"')
        super().end_headers()

    def log_message(self, *_):
        pass


class Subscriber(http.server.BaseHTTPRequestHandler):
    """Says yes to what it asked for, and keeps what it is brought."""

    brought = {}

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(query.get("hub.challenge", [""])[0].encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.brought.setdefault(self.path.strip("/"), []).append(body)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def hub(folder):
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    celery = Celery(broker="memory://")
    celery.conf.update(task_always_eager=True, task_eager_propagates=False)
    hub = Hub(SQLite3HubStorage(str(folder / "hub.sqlite3")), celery, PUBLISH_SUPPORTED=True)
    app = Flask("hub")
    app.config["PUBLISH_SUPPORTED"] = True
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    server = werkzeug.serving.make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/hub"


def main(program):
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        room, web = scratch / "room", scratch / "web"
        (room / "items").mkdir(parents=True)
        (web / "presse").mkdir(parents=True)
        Site.hub = hub(scratch)
        site = serve(functools.partial(Site, directory=web))
        (room / "crieur.toml").write_text(CONFIG.format(site=site, hub=Site.hub))
        subscriber = serve(Subscriber)

        def publish(now):
            command = [program, "publish", str(web / "presse"), "--now", now]
            said = subprocess.run(command, cwd=room, env={}, capture_output=True, text=True, timeout=120)
            assert said.returncode == 0 and "hub-failed" not in said.stderr, said.stdout + said.stderr
            return said.stdout

        def item(path, text):
            (room / "items" / path).write_text(text)

        item("2026-01-12-pool.md", "# The pool\n\nMonday.\n")
        publish("2026-01-12T12:00:00Z")
        feeds = ("feed.atom", "feed.rss", "feed.json")
        for feed in feeds:
            form = {"hub.mode": "subscribe", "hub.topic": f"{site}/presse/{feed}", "hub.callback": f"{subscriber}/{feed}"}
            with urllib.request.urlopen(Site.hub, urllib.parse.urlencode(form).encode()) as answer:
                assert answer.status == 202

        def brought():
            bodies = dict(Subscriber.brought)
            Subscriber.brought.clear()
            return bodies

        item("2026-01-13-stadium.md", "# The stadium\n\nWednesday.\n")
        assert "told of 3 feeds" in publish("2026-01-13T12:00:00Z")
        bodies = brought()
        assert sorted(bodies) == sorted(feeds), sorted(bodies)
        for feed in feeds:
            assert bodies[feed] == [(web / "presse" / feed).read_bytes()], feed
            assert b"The stadium" in bodies[feed][0]
        print("a release: the hub brought its subscriber 3 feeds, byte for byte")

        assert "nothing to tell" in publish("2026-01-13T12:15:00Z")
        item("2026-02-01-later.md", "---\nembargo: 2026-02-01 08:00\n---\n# Later\n\nText.\n")
        publish("2026-01-14T12:00:00Z")
        assert brought() == {}
        print("nothing new, and one under embargo: the hub brought nothing")

        publish("2026-02-01T08:00:00Z")
        bodies = brought()
        assert len(bodies) == 3 and all(b"Later" in body for (body,) in bodies.values())
        print("the embargo is over: the hub brought it")


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).resolve()))
