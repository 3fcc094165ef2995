"""Plays the recipes of docs/hosting.md for other programs: rsync, rclone, lftp and aws, each against a real server.

usage: uploaders.py PROGRAM   (with .ci/requirements-uploaders.txt in this Python; rsync, sshd, rclone, lftp and jq)

moto is an object store, pyftpdlib an FTP server that wants TLS, and sshd is sshd. What arrives is what was built, in
the order of `crieur plan`, in the object store under the type that it names; and where one upload fails the recipe
ends there, with no feed on the server.
"""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import TLS_FTPHandler
from pyftpdlib.log import config_logging
from pyftpdlib.servers import ThreadedFTPServer

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from remote import CONFIG, MANIFEST, NOW, Sshd, files, free_port  # noqa: E402

FEEDS = {"feed.atom", "feed.rss", "feed.json"}
SECRET = "pass word'&"


def recipes():
    """Of each program, what to type."""
    page = (HERE.parents[1] / "docs/hosting.md").read_text(encoding="utf-8")
    block = next(block for block in re.findall(r"```sh\n(.*?)```", page, re.S) if "early=" in block)
    head, *parts = re.split(r"\n\n(?=# )", block)
    return {part.split()[1].rstrip(",:;"): f"{head}\n{part}\n" for part in parts}


def newsroom(program, folder):
    room = folder / "room"
    (room / "items/2026-11-21-pont").mkdir(parents=True)
    (room / "crieur.toml").write_text(CONFIG, encoding="utf-8")
    (room / "items/2026-11-20-piscine.md").write_text("# La piscine\n\nLundi.\n", encoding="utf-8")
    head = "---\nattachments: [\"plan [1] é.pdf\"]\n---\n# Le pont\n\nMardi.\n"
    (room / "items/2026-11-21-pont/index.md").write_text(head, encoding="utf-8")
    (room / "items/2026-11-21-pont/plan [1] é.pdf").write_text("%PDF-1.4\n%%EOF\n")
    subprocess.run([program, "build", "--now", NOW], cwd=room, check=True, capture_output=True)
    return room


class Log(logging.Handler):
    """The server's log of requests."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


class Store:
    """An object store, and what was put into it in which order."""

    def __init__(self, name):
        self.server = ThreadedMotoServer("127.0.0.1", free_port(), verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.url, self.bucket, self.log = f"http://{host}:{port}", name, Log()
        logging.getLogger("werkzeug").handlers = [self.log]
        logging.getLogger("werkzeug").propagate = False
        # What it holds, it holds for the process.
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")).close()
        self.env = {
            "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.url, "BUCKET": name,
        }
        self.client = boto3.client(
            "s3", endpoint_url=self.url, aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1"
        )
        self.client.create_bucket(Bucket=name)

    def objects(self):
        listed = self.client.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        # The recipe for rclone has a bucket of its own, the one for aws a folder in one.
        return {one["Key"].removeprefix("presse/"): self.client.get_object(Bucket=self.bucket, Key=one["Key"]) for one in listed}

    def there(self):
        return {key: found["Body"].read() for key, found in self.objects().items()}

    def order(self):
        """What was put, in order."""
        put = [re.search(r'"PUT /[^/ ]+/(?:presse/)?([^? ]+)', line) for line in self.log.lines]
        return [urllib.parse.unquote(found[1]) for found in put if found]

    def stop(self):
        self.server.stop()


class Ftp:
    """A server that wants TLS and a password."""

    def __init__(self, folder):
        self.home = folder / "ftp"
        self.home.mkdir()
        key = folder / "ftp.pem"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", folder / "ftp.crt"]
        subprocess.run(command, check=True, capture_output=True)
        key.write_text(key.read_text() + (folder / "ftp.crt").read_text())
        users = DummyAuthorizer()
        users.add_user("camille", SECRET, str(self.home), perm="elradfmwMT")

        class Handler(TLS_FTPHandler):
            certfile, authorizer = str(key), users
            tls_control_required = tls_data_required = True

        config_logging(level=logging.ERROR)
        port = free_port()
        self.server = ThreadedFTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        (folder / ".lftprc").write_text(f"set ssl:ca-file {folder}/ftp.crt\nset net:max-retries 1\nset net:timeout 10\n")
        self.env = {"LFTP_HOST": f"ftp://localhost:{port}", "LFTP_USER": "camille", "LFTP_PASSWORD": SECRET}

    def there(self):
        return files(self.home / "presse") if (self.home / "presse").exists() else {}

    def stop(self):
        self.server.close_all()


class Web:
    """A folder of this machine, reached by ssh."""

    def __init__(self, folder, sshd):
        self.folder = folder / "presse"
        # The web server's folder is there before.
        self.folder.mkdir()
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        self.env = {"HOST": f"{user}@127.0.0.1", "RSYNC_RSH": f"ssh -F {sshd.folder}/config"}

    def there(self):
        return files(self.folder)

    def stop(self):
        pass


class Played:
    """A recipe, and a server of its own for it."""

    def __init__(self, name, folder, room, path, sshd):
        self.name, self.folder, self.room, self.path = name, folder, room, path
        folder.mkdir()
        self.script = recipes()[name]
        if name == "aws":
            self.place = Store("newsroom")
        elif name == "rclone":
            self.place = Store("presse")
            more = {"TYPE": "s3", "PROVIDER": "Other", "ENDPOINT": self.place.url, "ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret"}
            self.place.env = {f"RCLONE_CONFIG_STORE_{key}": value for key, value in more.items()} | {"REMOTE": "store"}
        elif name == "lftp":
            self.place = Ftp(folder)
        else:
            self.place = Web(folder, sshd)
            self.script = self.script.replace("/var/www/presse/", f"{self.place.folder}/")

    def run(self):
        env = {"PATH": self.path, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"} | self.place.env
        return subprocess.run(["bash", "-c", self.script], cwd=self.room, env=env, capture_output=True, text=True, timeout=120)

    def arrives(self, program, built):
        said, there, built = self.run(), self.place.there(), dict(built)
        if self.name == "aws":
            # The plan for programs does not have it: its bytes are known when all others are.
            del built[MANIFEST]
        wrong = [f"exit code {said.returncode}: {said.stdout}{said.stderr}"] if said.returncode else []
        wrong += [f"{path}: missing, strange or other bytes" for path in built.keys() | there.keys() if built.get(path) != there.get(path)]
        if SECRET in said.stdout + said.stderr:
            wrong.append("the password was printed")
        if self.name == "aws":
            command = [program, "plan", "--format", "json", "--now", NOW]
            plan = json.loads(subprocess.run(command, cwd=self.room, capture_output=True, text=True, check=True).stdout)["files"]
            objects = self.place.objects()
            if self.place.order() != [file["path"] for file in plan]:
                wrong.append(f"in another order than the plan: {self.place.order()}")
            for file in (file for file in plan if file["path"] in objects):
                sent = objects[file["path"]]
                if (sent["ContentType"], sent.get("CacheControl")) != (file["media_type"], "max-age=900"):
                    wrong.append(f"{file['path']} is sent as {sent['ContentType']}, {sent.get('CacheControl')}")
        if self.name == "rclone":
            order = self.place.order()
            late = [order.index(path) for path in FEEDS | {MANIFEST}]
            if min(late) < max(order.index(path) for path in order if path.endswith(".html")):
                wrong.append(f"a feed before its pages: {order}")
        return wrong

    def ends_where_something_fails(self):
        """The second upload fails, or the first where there are two for all of it."""
        if self.name == "lftp":
            (self.place.home / "presse/index.html").mkdir(parents=True)
        else:
            at, real, calls = 1 if self.name == "aws" else 0, shutil.which(self.name, path=self.path), self.folder / "calls"
            stand_in = self.folder / "bin" / self.name
            stand_in.parent.mkdir()
            stand_in.write_text(
                f'#!/bin/sh\nn=$(cat {calls} 2> /dev/null || echo 0); echo $((n + 1)) > {calls}\n'
                f'[ "$n" != {at} ] || exit 1\nexec {real} "$@"\n'
            )
            stand_in.chmod(0o755)
            self.path = f"{stand_in.parent}:{self.path}"
        said = self.run()
        wrong = [] if said.returncode else ["an upload failed, and the recipe went well"]
        return wrong + [f"an upload failed, and {path} is there" for path in FEEDS & self.place.there().keys()]


def main(program):
    wrong = []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        room = newsroom(program, scratch)
        built = files(room / "public")
        bin = scratch / "bin"
        bin.mkdir()
        (bin / "crieur").write_text(f'#!/bin/sh\nexec {program} "$@" --now {NOW}\n')
        (bin / "crieur").chmod(0o755)
        path = f"{bin}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        sshd = Sshd(scratch / "sshd")
        try:
            names = list(recipes())
            assert names == ["rsync", "rclone", "lftp", "aws"], names
            for name in names:
                started, found = time.monotonic(), []
                for test in ("arrives", "ends"):
                    played = Played(name, scratch / f"{name}-{test}", room, path, sshd)
                    try:
                        found += played.arrives(program, built) if test == "arrives" else played.ends_where_something_fails()
                    finally:
                        played.place.stop()
                print(f"{name}: {len(built)} files, {len(found)} wrong ({time.monotonic() - started:.0f}s)")
                wrong += [f"{name}: {what}" for what in found]
        finally:
            sshd.process.terminate()
            sshd.process.wait()
    print("\n".join(wrong) if wrong else "0 wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).resolve())))
