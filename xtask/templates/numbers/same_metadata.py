#!/usr/bin/env python3
"""Says whether the crate rlibphonenumber and the Python package phonenumbers hold the same metadata.

    same_metadata.py METADATA_BIN

METADATA_BIN is the crate's `src/generated/metadata/metadata.bin`: libphonenumber's PhoneMetadataCollection in the wire
format of protocol buffers. The crate has no version to ask for, so the data themselves are compared: every pattern, every
length and every prefix of every region. Prints the differences; the exit code is 1 where there are any.
"""

import re
import sys

import phonenumbers
from phonenumbers import data
from phonenumbers.phonemetadata import PhoneMetadata

# Field numbers of `phonemetadata.proto`, and what Python calls them.
DESCRIPTIONS = {
    1: "general_desc", 2: "fixed_line", 3: "mobile", 4: "toll_free", 5: "premium_rate", 6: "shared_cost",
    7: "personal_number", 8: "voip", 21: "pager", 25: "uan", 28: "voicemail", 24: "no_international_dialling",
}
TEXTS = {
    9: "id", 11: "international_prefix", 12: "national_prefix", 15: "national_prefix_for_parsing",
    16: "national_prefix_transform_rule", 23: "leading_digits",
}


def varint(raw, at):
    value = shift = 0
    while True:
        byte = raw[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(raw):
    """The fields of a message: number and value, bytes or int."""
    at = 0
    while at < len(raw):
        tag, at = varint(raw, at)
        if tag & 7 == 0:
            value, at = varint(raw, at)
        elif tag & 7 == 2:
            length, at = varint(raw, at)
            value, at = raw[at : at + length], at + length
        else:
            raise ValueError(f"wire type {tag & 7} is not in these data")
        yield tag >> 3, value


def signed(value):
    return value - (1 << 64) if value >> 63 else value


def description_of_crate(raw):
    pattern, lengths, local = None, [], []
    for number, value in fields(raw):
        if number == 2:
            pattern = text(value)
        elif number in (9, 10):
            into = lengths if number == 9 else local
            if isinstance(value, int):
                into.append(signed(value))
            else:
                at = 0
                while at < len(value):
                    length, at = varint(value, at)
                    into.append(signed(length))
    return pattern, tuple(lengths), tuple(local)


def description_of_python(desc):
    if desc is None:
        return None, (), ()
    return desc.national_number_pattern, tuple(desc.possible_length), tuple(desc.possible_length_local_only)


def plain(description):
    """One way of writing what is written in several: the crate anchors its patterns, and a kind that a region does not
    have is said by no pattern or by the length -1."""
    pattern, lengths, local = description
    lengths = tuple(length for length in lengths if length != -1)
    return (pattern or None, lengths if pattern else (), local if pattern else ())


def text(raw):
    """A pattern without its anchors, and a replacement as Python writes it."""
    written = raw.decode()
    if written.startswith("^(?:") and written.endswith(")$"):
        written = written[4:-2]
    return re.sub(r"\$(\d)", r"\\\1", written) or None


def with_inherited_lengths(region):
    """A kind without lengths of its own has those of the region; Python writes them out."""
    _, general, _ = region["general_desc"]
    for name in DESCRIPTIONS.values():
        pattern, lengths, local = region[name]
        if pattern and not lengths:
            region[name] = (pattern, general, local)
    return region


def of_crate(path):
    regions = {}
    with open(path, "rb") as file:
        collection = file.read()
    for number, region in fields(collection):
        if number != 1:
            continue
        read = {name: (None, (), ()) for name in DESCRIPTIONS.values()} | {name: None for name in TEXTS.values()}
        code = None
        for number, value in fields(region):
            if number in DESCRIPTIONS:
                read[DESCRIPTIONS[number]] = plain(description_of_crate(value))
            elif number in TEXTS:
                read[TEXTS[number]] = text(value)
            elif number == 10:
                code = value
        regions[(read["id"], code)] = with_inherited_lengths(read)
    return regions


def of_python():
    regions = {}
    metadata = [PhoneMetadata.metadata_for_region(region) for region in data._AVAILABLE_REGION_CODES]
    metadata += [PhoneMetadata.metadata_for_nongeo_region(code) for code in data._AVAILABLE_NONGEO_COUNTRY_CODES]
    for region in metadata:
        read = {name: plain(description_of_python(getattr(region, name))) for name in DESCRIPTIONS.values()}
        read |= {name: getattr(region, name) or None for name in TEXTS.values()}
        regions[(region.id, region.country_code)] = with_inherited_lengths(read)
    return regions


def main():
    ours, theirs = of_crate(sys.argv[1]), of_python()
    differences = []
    for key in sorted(set(ours) | set(theirs)):
        one, other = ours.get(key), theirs.get(key)
        if one is None or other is None:
            differences.append(f"{key[0]} (+{key[1]}): only in {'the crate' if other is None else 'phonenumbers'}")
            continue
        for name in sorted(set(one) | set(other)):
            if one[name] != other[name]:
                differences.append(f"{key[0]} (+{key[1]}) {name}: crate {one[name]!r}, phonenumbers {other[name]!r}")
    for difference in differences[:20]:
        print(difference)
    count = len(differences)
    if count:
        print(f"{count} differences: the crate's metadata are not those of phonenumbers {phonenumbers.__version__}.")
        return 1
    print(f"{len(ours)} regions, all as in phonenumbers {phonenumbers.__version__}")
    return 0


sys.exit(main())
