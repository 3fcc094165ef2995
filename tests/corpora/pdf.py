"""Compares the words of a draft that `crieur extract` writes with what Poppler reads in the PDF.

usage: pdf.py PROGRAM [least]

The PDFs are not part of this repository: they are looked for in CRIEUR_CORPORA, else in
../shared/corpora, and without them, or without pdftotext, this says that it did nothing. Each PDF
(dinum-design/documents) is copied and extracted; the draft's words, without the marks of Markdown,
must be those that `pdftotext -raw` prints, in their order (difflib): `least` of 100, default 98. What
holds no words must be refused as such.

With PATH emptied of pdftotext the program reads by its feature `pdf`; name a lower `least` then.
"""

import difflib
import html
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WORK = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "ci/pdf"
# So that nothing passes because nothing was looked at: PDFs, and those of them that are pictures.
EXPECTED = (6, 1)


def words(text):
    """What a reader would call the words: letters and figures, whatever stands between them."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold()
    # A hyphen at a line's end may or may not be the word's.
    text = re.sub(r"-\s*\n\s*", "", text)
    return re.findall(r"[^\W_]+", text.replace("-", ""))


def draft_words(path):
    text = path.read_text(encoding="utf-8")
    head, body = text.split("\n---\n", 1)
    title = re.search(r'^title: "(.*)"$', head, re.M)
    body = re.sub(r"</?(?:sup|sub)>", "", body)
    body = re.sub(r"\]\(<[^>]*>\)", "", body)
    body = re.sub(r"\\\n", "\n", body)
    return words((title.group(1) + "\n" if title else "") + html.unescape(re.sub(r"\\(.)", r"\1", body)))


def pdftotext(program, path):
    done = subprocess.run([program, "-raw", "-enc", "UTF-8", path, "-"], capture_output=True, check=True)
    return words(done.stdout.decode("utf-8"))


def main():
    program = str(Path(sys.argv[1]).resolve())
    least = float(sys.argv[2]) if len(sys.argv) > 2 else 98
    corpora = Path(os.environ.get("CRIEUR_CORPORA") or ROOT / "../shared/corpora").resolve()
    oracle = os.environ.get("PDFTOTEXT") or shutil.which("pdftotext")
    if not corpora.is_dir() or not oracle:
        lacks = f"no real folders at {corpora}" if oracle else "no pdftotext"
        print(f"SKIPPED: {lacks}; no draft of a PDF was compared")
        return 0
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    counts, pictures, wrong = 0, 0, []
    print(f"{'PDF':46}{'pdftotext':>10}{'draft':>8}{'in order':>10}")
    for pdf in sorted((corpora / "dinum-design/documents").glob("*.pdf")):
        counts += 1
        copy = WORK / pdf.name
        shutil.copyfile(pdf, copy)
        done = subprocess.run([program, "extract", copy.name], cwd=WORK, capture_output=True)
        meant = pdftotext(oracle, copy)
        if not meant:
            pictures += 1
            print(f"{pdf.name:46}{0:>10}{'':>8}{'none':>10}")
            if done.returncode != 1 or b"[pdf-without-text]" not in done.stderr:
                wrong.append(f"{pdf.name}: has no words, and the answer is {done.returncode} {done.stderr.decode()}")
            continue
        if done.returncode != 0:
            wrong.append(f"{pdf.name}: {done.stderr.decode()}")
            continue
        found = draft_words(copy.with_suffix(".md"))
        same = sum(block.size for block in difflib.SequenceMatcher(None, meant, found, autojunk=False).get_matching_blocks())
        share = 100 * 2 * same / (len(meant) + len(found))
        print(f"{pdf.name:46}{len(meant):>10}{len(found):>8}{share:>9.2f}%")
        if share < least:
            wrong.append(f"{pdf.name}: {share:.2f} % of the words, not {least}")
    if (counts, pictures) != EXPECTED:
        wrong.append(f"PDFs and pictures among them are {(counts, pictures)}, not {EXPECTED}")
    for line in wrong:
        print(line)
    print(f"{counts} PDFs, {len(wrong)} differences")
    return 1 if wrong else 0


sys.exit(main())
