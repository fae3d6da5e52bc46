#!/usr/bin/env python3
"""Writes what telephony knows beyond the crate rlibphonenumber, from libphonenumber's data as packed for Python.

    tables.py WHEEL FOLDER

WHEEL is the wheel of phonenumbers, FOLDER `crates/telephony/data`. Run by `cargo xtask tables`.

libphonenumber is (C) The Libphonenumber Authors, licensed under the Apache License 2.0; the tables are derived from it
and stay under that licence.
"""

import sys
import zipfile
from pathlib import Path

WHEEL, FOLDER = Path(sys.argv[1]), Path(sys.argv[2])
# Read where it lies: it holds nothing but Python.
sys.path.insert(0, str(WHEEL))

import phonenumbers  # noqa: E402
from phonenumbers import geocoder, shortdata, timezone  # noqa: E402
from phonenumbers.geodata import GEOCODE_DATA  # noqa: E402
from phonenumbers.geodata.locale import LOCALE_DATA  # noqa: E402
from phonenumbers.phonemetadata import PhoneMetadata  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
import places  # noqa: E402

NOTICE = (
    f"# From libphonenumber {phonenumbers.__version__}, (C) The Libphonenumber Authors, Apache License 2.0.\n"
    "# Written by `cargo xtask tables`; do not edit.\n"
)


def pattern(desc):
    return (desc.national_number_pattern or "") if desc else ""


def short_numbers():
    """One line a region: code, emergency numbers, all short numbers; the last two are regular expressions."""
    for region in sorted(shortdata._AVAILABLE_REGION_CODES):
        metadata = PhoneMetadata.short_metadata_for_region(region)
        yield "\t".join([region, pattern(metadata.emergency), pattern(metadata.short_code)])


def zones():
    """One line a set of zones: the zones, then every prefix (country code included) whose numbers lie in them."""
    prefixes_of = {}
    for prefix, names in timezone.TIMEZONE_DATA.items():
        prefixes_of.setdefault(tuple(sorted(names)), []).append(prefix)
    for names, prefixes in sorted(prefixes_of.items()):
        yield ",".join(names) + "\t" + " ".join(sorted(prefixes))


def countries():
    """One line a region: code and English name."""
    for region in sorted(LOCALE_DATA):
        name = geocoder._region_display_name(region, "en")
        if name:
            yield f"{region}\t{name}"


def metadata():
    """The version, and the day on which it was packed, which is within days of libphonenumber's own."""
    with zipfile.ZipFile(WHEEL) as wheel:
        year, month, day, *_ = wheel.getinfo("phonenumbers/__init__.py").date_time
    yield f"version\t{phonenumbers.__version__}"
    yield f"packed\t{year:04}-{month:02}-{day:02}"


def shortest(code):
    """How few digits a number of this country code may have, the code included."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)]
    lengths = []
    for region in regions:
        data = (
            PhoneMetadata.metadata_for_nongeo_region(int(code))
            if region == "001"
            else PhoneMetadata.metadata_for_region(region)
        )
        lengths += [length for length in data.general_desc.possible_length if length > 0]
    return len(code) + min(lengths)


for name, lines in [
    ("short_numbers.tsv", short_numbers()),
    ("zones.tsv", zones()),
    ("countries.tsv", countries()),
    ("metadata.tsv", metadata()),
]:
    (FOLDER / name).write_text(NOTICE + "".join(f"{line}\n" for line in lines), encoding="utf-8")

english = {prefix: names["en"] for prefix, names in GEOCODE_DATA.items() if "en" in names}
codes = [str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE]
(FOLDER / "places.bin").write_bytes(places.packed(english, {code: shortest(code) for code in codes}))
