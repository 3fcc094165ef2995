"""Reads the head of a post with PyYAML and dateutil.

The truth of the corpora must not be our own reading said twice: nothing here is shared with, or
translated from, the program. Every scalar is kept as it was typed, because what YAML makes of a
date (a day becomes midnight, `-0400` stays a text) is the very thing to be checked.
"""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import dateutil.parser
import yaml

DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


class AsTyped(yaml.SafeLoader):
    """YAML in which every scalar is a text."""


AsTyped.yaml_implicit_resolvers = {}


def text_of(path):
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def head(path):
    """The head as a map of texts, and the body."""
    lines = text_of(path).lstrip().split("\n")
    # One post of the Rust blog has no opening line, and was published all the same.
    start = 1 if lines[0].rstrip() == "---" else 0
    end = next(number for number, line in enumerate(lines) if number >= start and line.rstrip() == "---")
    found = yaml.load("\n".join(lines[start:end]), AsTyped)
    assert isinstance(found, dict), path
    return found, "\n".join(lines[end + 1 :]).strip()


def moment(text, zone):
    """What a typed date means: a day, or an instant."""
    text = text.strip()
    if DAY.fullmatch(text):
        return date(*map(int, text.split("-")))
    # Jekyll's own news has one date with its year written twice; the site published it all the same.
    text = re.sub(r"^((\d{4})-\d\d-\d\d \d\d:\d\d:\d\d) \2 ([+-])", r"\1 \3", text)
    found = dateutil.parser.isoparse(text) if "T" in text else dateutil.parser.parse(text)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


def named_day(path):
    """The day that a file's name begins with."""
    found = DAY.match(path.name)
    return date(*map(int, found[0].split("-"))) if found else None


assert moment("2019-01-05 9:05:00 -0400", "UTC") == datetime.fromisoformat("2019-01-05T09:05:00-04:00")
assert moment("2019-1-5", "UTC") == date(2019, 1, 5)
