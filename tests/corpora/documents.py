"""Compares what the program reads in real office documents with what pandoc reads in them.

usage: documents.py PROGRAM [--differences]

The documents are not part of this repository: they are looked for in CRIEUR_CORPORA, else in
../shared/corpora, and without them, or without pandoc, this says that it did nothing. Each becomes an
item by its name; its words in the JSON feed must be at least 98 of 100 of pandoc's words, in order
(the longest common subsequence), and nothing may be there that pandoc does not have, beyond the same
2 of 100.
"""

import difflib
import html
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from bisect import bisect_left
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "ci/documents"
FOLDER = "dinum-design/documents"
ENDINGS = (".docx", ".odt")
# So that nothing passes because nothing was looked at.
DOCUMENTS = 15
LEAST = 0.98

# What does not part words.
INLINE = ("Emph", "Strong", "Strikeout", "Superscript", "Subscript", "Span", "Quoted", "Underline", "SmallCaps")

CONFIG = """title = "Documents"
url = "https://www.example.org/presse/"
language = "fr"
timezone = "Europe/Paris"
authority = "example.org,2020"
[publisher]
name = "Ville d'Exemple"
# All of them whole, in one feed.
[feeds]
max-bytes = 100000000
"""


def words(text):
    """Letters and figures between anything else; typography does not count."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold()
    return re.findall(r"[^\W_]+", text)


def words_of_html(content):
    """The marks of notes stand in brackets in pandoc's text, and at their end here: neither counts."""
    content = re.sub(r'<sup class="footnote">.*?</sup>', "", content)
    content = re.sub(r"<a [^>]*>↩</a>", "", content)
    content = re.sub(r"<(?!/?(?:a|em|s|strong|sub|sup|span|b|i|u)\b)[^>]*>", " ", content)
    return words(html.unescape(re.sub(r"<[^>]*>", "", content)))


def words_of_pandoc(document):
    """Of the text with its title, without its metadata's own block, notes at the end."""
    command = ["pandoc", "--to", "json", "--", str(document)]
    tree = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    notes = []

    def text(node):
        if isinstance(node, list):
            return "".join(text(child) for child in node)
        if not isinstance(node, dict):
            return ""
        kind, content = node.get("t"), node.get("c")
        if kind == "Str":
            return content
        if kind in ("Space", "SoftBreak", "LineBreak"):
            return " "
        if kind in ("Code", "CodeBlock", "Math"):
            return content[1]
        if kind == "Note":
            notes.append(text(content))
            return ""
        if kind in ("Link", "Image"):
            return text(content[1]) if kind == "Link" else ""
        inner = text(content if content is not None else [])
        return inner if kind in INLINE else f" {inner} "

    heads = (tree["meta"][key] for key in ("title", "subtitle", "author", "date") if key in tree["meta"])
    title = "".join(f" {text(head.get('c', []))} " for head in heads)
    body = text(tree["blocks"])
    return words(title + body + " " + " ".join(notes))


def common(a, b):
    """The length of the longest common subsequence (Hunt and Szymanski: few words are frequent)."""
    places = {}
    for index, word in enumerate(b):
        places.setdefault(word, []).append(index)
    ends = []
    for word in a:
        for index in reversed(places.get(word, ())):
            at = bisect_left(ends, index)
            if at == len(ends):
                ends.append(index)
            else:
                ends[at] = index
    return len(ends)


def newsroom(documents):
    shutil.rmtree(WORK, ignore_errors=True)
    (WORK / "items").mkdir(parents=True)
    (WORK / "crieur.toml").write_text(CONFIG, encoding="utf-8")
    for number, document in enumerate(documents, 1):
        shutil.copyfile(document, WORK / "items" / f"2026-01-{number:02} {document.name}")


def differences(ours, theirs, most=12):
    """The first words that only one of them has, for whoever looks into it."""
    matcher = difflib.SequenceMatcher(None, theirs, ours, autojunk=False)
    shown = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            shown.append(f"pandoc {' '.join(theirs[a:b])!r}, here {' '.join(ours[c:d])!r}")
    return shown[:most]


def main():
    program = str(Path(sys.argv[1]).resolve())
    corpora = Path(os.environ.get("CRIEUR_CORPORA") or ROOT / "../shared/corpora").resolve()
    folder = corpora / FOLDER
    if not folder.is_dir():
        print(f"SKIPPED: no real documents at {folder}; nothing was compared (CRIEUR_CORPORA names another place)")
        return 0
    if shutil.which("pandoc") is None:
        print("SKIPPED: pandoc is not installed; nothing was compared")
        return 0
    documents = sorted(path for path in folder.iterdir() if path.suffix in ENDINGS)
    assert len(documents) == DOCUMENTS, f"{len(documents)} documents, not {DOCUMENTS}"
    newsroom(documents)
    done = subprocess.run([program, "build", "--now", "2026-11-24T12:00:00Z"], cwd=WORK, capture_output=True, env={})
    if done.returncode != 0:
        print(done.stderr.decode())
        return 1
    items = json.loads((WORK / "public/feed.json").read_bytes())["items"]
    assert len(items) == DOCUMENTS, f"{len(items)} items, not {DOCUMENTS}"
    by_day = {item["date_published"][:10]: item for item in items}
    wrong = 0
    total = [0, 0, 0]
    print(f"{'document':64}{'pandoc':>8}{'here':>8}{'common':>8}{'of theirs':>11}{'of ours':>9}")
    for number, document in enumerate(documents, 1):
        item = by_day[f"2026-01-{number:02}"]
        theirs = words_of_pandoc(document)
        body = words_of_html(item["content_html"])
        # The title is said once, above the text.
        title = words(item["title"])
        ours = body if body[: len(title)] == title or theirs[: len(title)] != title else title + body
        shared = common(theirs, ours)
        recall, precision = shared / len(theirs), shared / max(len(ours), 1)
        print(f"{document.name:64}{len(theirs):8}{len(ours):8}{shared:8}{recall:10.2%} {precision:8.2%}")
        if "--differences" in sys.argv:
            for line in differences(ours, theirs):
                print(f"    {line}")
        if recall < LEAST or precision < LEAST:
            wrong += 1
        total = [sum(pair) for pair in zip(total, (len(theirs), len(ours), shared))]
    print(f"{'total':64}{total[0]:8}{total[1]:8}{total[2]:8}{total[2] / total[0]:10.2%} {total[2] / total[1]:8.2%}")
    print(f"{wrong} of {len(documents)} documents are below {LEAST:.0%}")
    return 1 if wrong else 0


sys.exit(main())
