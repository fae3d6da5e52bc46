#!/usr/bin/env python3
"""Writes short_numbers.tsv and zones.tsv beside this file, from libphonenumber's data as packed for Python.

    python3 -m venv /tmp/phonenumbers
    /tmp/phonenumbers/bin/pip install --no-deps phonenumbers==9.0.43
    /tmp/phonenumbers/bin/python crates/telephony/data/generate.py

libphonenumber is (C) The Libphonenumber Authors, licensed under the Apache License 2.0; the tables are derived
from it and stay under that licence. Move the version together with the crate rlibphonenumber.
"""

from pathlib import Path

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata
from phonenumbers.shortdata import _AVAILABLE_REGION_CODES
from phonenumbers.tzdata import TIMEZONE_DATA

HERE = Path(__file__).parent
NOTICE = (
    f"# From libphonenumber {phonenumbers.__version__}, (C) The Libphonenumber Authors, Apache License 2.0.\n"
    "# Written by generate.py; do not edit.\n"
)


def pattern(desc):
    return (desc.national_number_pattern or "") if desc else ""


def short_numbers():
    """One line a region: code, emergency numbers, all short numbers; the last two are regular expressions."""
    for region in sorted(_AVAILABLE_REGION_CODES):
        metadata = PhoneMetadata.short_metadata_for_region(region)
        yield "\t".join([region, pattern(metadata.emergency), pattern(metadata.short_code)])


def zones():
    """One line a set of zones: the zones, then every prefix (country code included) whose numbers lie in them."""
    prefixes_of = {}
    for prefix, names in TIMEZONE_DATA.items():
        prefixes_of.setdefault(tuple(sorted(names)), []).append(prefix)
    for names, prefixes in sorted(prefixes_of.items()):
        yield ",".join(names) + "\t" + " ".join(sorted(prefixes))


for name, lines in [("short_numbers.tsv", short_numbers()), ("zones.tsv", zones())]:
    (HERE / name).write_text(NOTICE + "".join(f"{line}\n" for line in lines), encoding="utf-8")
