"""Reads numbers with phonenumbers, for `cargo xtask bench numbers`.

Texts come by lines on standard input, country and text parted by a tab. Each round is asked for by an empty line; its
answer is a line: seconds taken, and how many were valid.
"""

import re
import sys
import time

import phonenumbers as lib

# Python forgets patterns after 512, fewer than all regions have: that would be measured, and nothing else.
re._MAXCACHE = 100_000

lines = []
for line in sys.stdin:
    line = line.rstrip("\n")
    if line:
        lines.append(line.split("\t"))
        continue
    begun = time.perf_counter()
    valid = 0
    for region, text in lines:
        try:
            number = lib.parse(text, region)
        except lib.NumberParseException:
            continue
        if lib.is_valid_number(number):
            valid += 1
            lib.format_number(number, lib.PhoneNumberFormat.E164)
    print(time.perf_counter() - begun, valid, flush=True)
