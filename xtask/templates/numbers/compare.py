#!/usr/bin/env python3
"""Reads random numbers with Dialdeck and with libphonenumber, as ported to Python, and says where the two differ.

    compare.py PROGRAM COUNT SEED

PROGRAM is telephony's example `read_numbers`. Prints every difference (the first fifty), then one line: what was compared.
The exit code is 1 where there are differences.

Where Dialdeck means to differ, the rule stands in `on_purpose`, and how often each was used is printed.
"""

import re
import subprocess
import sys
import unicodedata
from collections import Counter
from random import Random

import phonenumbers as lib
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult, geocoder, shortnumberinfo, timezone

PROGRAM, COUNT, SEED = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
AT_ONCE = 50_000
# Python forgets patterns after 512, fewer than all regions have, and would compile them over and over.
re._MAXCACHE = 100_000
SHOWN = 50

REGIONS = sorted(lib.SUPPORTED_REGIONS)
KINDS = {
    PhoneNumberType.FIXED_LINE: "fixed_line",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_line_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium_rate",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal_number",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
    PhoneNumberType.UNKNOWN: "unknown",
}
# Dialdeck warns of these by their code alone.
SATELLITE = {870, 881, 882, 883}
# The countries whose three-digit emergency numbers are known everywhere: `crates/telephony/src/short.rs`.
WELL_KNOWN = ["GB", "US", "IN", "AU", "NZ", "DE", "CN", "JP", "IT", "CH", "SG", "AE", "BR", "RU"]

FORMATS = [
    PhoneNumberFormat.E164,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.RFC3966,
]
ZEROS = [0x660, 0x6F0, 0x966, 0xFF10]
INVISIBLE = "\u200b\u200e\u200f\u202a\u202c\u00ad\u2060\ufeff"
SIGNS = " -.()/\u00a0\u2011\u2013"


def digits_of(random, low, high):
    return "".join(random.choice("0123456789") for _ in range(random.randint(low, high)))


def examples():
    """By region: example numbers of all its kinds."""
    found = {}
    for region in REGIONS:
        numbers = (lib.example_number_for_type(region, kind) for kind in KINDS if kind != PhoneNumberType.UNKNOWN)
        found[region] = [number for number in numbers if number is not None]
    return found


EXAMPLES = examples()


def alike(random, region):
    """A number like one of the region's examples: its last digits are others."""
    example = random.choice(EXAMPLES[region])
    national = lib.national_significant_number(example)
    keep = random.randint(1, max(1, len(national) - 1))
    national = national[:keep] + digits_of(random, len(national) - keep, len(national) - keep)
    zeros = len(national) - len(national.lstrip("0"))
    number = lib.PhoneNumber(country_code=example.country_code, national_number=int(national))
    if zeros:
        number.italian_leading_zero, number.number_of_leading_zeros = True, zeros
    return number


def mangled(random, text):
    """The same number as people and programs write it, or nearly the same."""
    letters = list(text)
    for _ in range(random.randint(1, 4)):
        at = random.randint(0, len(letters))
        change = random.randint(0, 5)
        if change == 0:
            letters.insert(at, random.choice(INVISIBLE))
        elif change == 1:
            letters.insert(at, random.choice(SIGNS))
        elif change == 2:
            letters.insert(at, random.choice("0123456789"))
        elif change == 3 and letters:
            letters.pop(at - 1)
        elif change == 4:
            zero = random.choice(ZEROS)
            letters = [chr(zero + int(c)) if c in "0123456789" else c for c in letters]
        else:
            letters = random.choice([["0"], ["00"], ["011"], ["+"], list("tel:"), ["\n"], []]) + letters
    return "".join(letters)


def draw(random):
    """A country and a text."""
    region = random.choice(REGIONS)
    of = region if random.random() < 0.7 else random.choice(REGIONS)
    written = lib.format_number(alike(random, of), random.choice(FORMATS))
    kind = random.randint(0, 9)
    if kind <= 3:
        text = written
    elif kind <= 5:
        text = mangled(random, written)
    elif kind == 6:
        text = random.choice(["", "+", "0", "00"]) + digits_of(random, 2, 18)
    elif kind == 7:
        text = written + random.choice([" ext. ", " x", ";ext=", " extension ", "#"]) + digits_of(random, 1, 5)
    elif kind == 8:
        at = random.randint(0, len(written))
        text = written[:at] + "".join(random.choice("abcxyzäй*#@&") for _ in range(random.randint(1, 5))) + written[at:]
    else:
        text = digits_of(random, 2, 6)
    return region, text


def escaped(text):
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def plain(text):
    """What is seen of a text: libphonenumber stops at most characters that are not."""
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", seen).strip()


def typed_digits(text):
    """The digits before an extension, in ASCII."""
    body = re.split(r"(?i)[;,]|ext|x|#", text)[0]
    return "".join(str(unicodedata.digit(c)) for c in body if c.isdecimal())


def e164(number):
    return lib.format_number(number, PhoneNumberFormat.E164)


def reference(region, text):
    """What libphonenumber reads: number, or None."""
    try:
        return lib.parse(plain(text), region)
    except lib.NumberParseException:
        return None


def taken_apart(number):
    """An E.164 as code and rest, not parsed: parsing may rewrite."""
    digits = number[1:]
    code = next(digits[:length] for length in (1, 2, 3) if int(digits[:length]) in lib.COUNTRY_CODE_TO_REGION_CODE)
    national = digits[len(code) :]
    zeros = min(len(national) - len(national.lstrip("0")), len(national) - 1)
    parts = lib.PhoneNumber(country_code=int(code), national_number=int(national))
    if zeros:
        parts.italian_leading_zero, parts.number_of_leading_zeros = True, zeros
    return parts


def described(number):
    """What libphonenumber knows of a number, in the program's words."""
    parts = taken_apart(number)
    kind = lib.number_type(parts)
    region = lib.region_code_for_number(parts) or lib.region_code_for_country_code(parts.country_code)
    # Of a range that it does not know libphonenumber tells no zone; Dialdeck goes by the prefix.
    is_unknown = kind == PhoneNumberType.UNKNOWN
    zones = (timezone.time_zones_for_geographical_number if is_unknown else timezone.time_zones_for_number)(parts)
    return [
        str(lib.is_valid_number(parts)).lower(),
        region if region not in ("001", "ZZ") else "",
        "satellite" if parts.country_code in SATELLITE else KINDS[kind],
        ",".join(sorted(zone for zone in zones if zone != timezone.UNKNOWN_TIMEZONE)),
        geocoder.description_for_number(parts, "en"),
    ]


def is_help(digits, region, number):
    """Whether digits call help or a service, as dialled at home, behind a country code, or where they are well known."""
    short = shortnumberinfo
    nationals = {digits, digits.lstrip("0")}
    regions = {region}
    if number is not None:
        nationals.add(lib.national_significant_number(number))
        regions |= set(lib.region_codes_for_country_code(number.country_code))
    if any(short.is_emergency_number(digits, known) for known in WELL_KNOWN):
        return True
    for known in regions:
        metadata = lib.PhoneMetadata.short_metadata_for_region(known)
        pattern = metadata and metadata.short_code and metadata.short_code.national_number_pattern
        urgent = metadata and metadata.emergency and metadata.emergency.national_number_pattern
        for national in nationals:
            if any(one and re.fullmatch(one, national) for one in (pattern, urgent)):
                return True
    return False


def on_purpose(region, text, ours, number):
    """The rule by which Dialdeck reads otherwise than libphonenumber; None where there is none."""
    seen = plain(text)
    digits = typed_digits(seen)
    if ours.startswith("ok"):
        _, ours, is_valid, *_ = ours.split("\t")
        theirs = number is not None and e164(number)
        if theirs and lib.is_valid_number(number):
            if "+" in seen and ours[1:] == digits and is_valid == "false":
                return "international numbers stay as typed where libphonenumber drops a trunk prefix; the face asks"
            # Another number than the one in use is never read.
            return None
        if number is None and re.search(r"(?i)x\W*\d", seen):
            return "an x begins an extension"
        if "+" in seen and ours[1:] in (digits, digits.replace("0", "", 1)):
            return "international numbers stay as typed"
        if theirs and theirs.replace("+", "").replace("0", "") == ours.replace("+", "").replace("0", ""):
            return "a trunk zero is dropped from numbers of unknown ranges too"
        return None
    if ours == "service_code" and ("*" in seen or "#" in seen):
        return "service codes are no numbers"
    if ours in ("emergency", "short_number") and is_help(digits, region, number):
        return "emergency and short numbers are no numbers"
    if ours in ("invalid", "no_digits", "too_long") and re.search(r"[^\W\d_]|[@&*#]", re.sub(r"^tel:", "", seen)):
        return "words and signs are not searched for digits"
    if number is None:
        return "both refuse"
    total = len(e164(number)) - 1
    if total < 7 or total > 15:
        return "lengths that no E.164 has are refused"
    if "+" in seen and e164(number)[1:] != digits:
        return "international numbers are refused rather than rewritten"
    if re.search(r"(?i)\dx\W*\d", seen):
        return "an x begins an extension"
    if not lib.is_valid_number(number):
        if lib.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
            return "lengths that no number has are refused"
        if lib.national_significant_number(number).startswith("0"):
            return "a trunk zero is dropped from numbers of unknown ranges too"
        if digits.startswith("0") or ours == "unknown_country":
            return "numbers in no range, rewritten by libphonenumber, are refused"
    return None


def main():
    random = Random(SEED)
    differences, rules, read = 0, Counter(), 0
    left = COUNT
    while left:
        batch = [draw(random) for _ in range(min(left, AT_ONCE))]
        left -= len(batch)
        asked = "".join(f"{region}\t{escaped(text)}\n" for region, text in batch)
        answer = subprocess.run([PROGRAM], input=asked, capture_output=True, text=True, encoding="utf-8", check=True)
        lines = answer.stdout.split("\n")[:-1]
        assert len(lines) == len(batch), f"{len(batch)} asked, {len(lines)} answered"
        for (region, text), ours in zip(batch, lines):
            number = reference(region, text)
            said = []
            if ours.startswith("ok"):
                read += 1
                _, own, *description = ours.split("\t")
                known = described(own)
                if description != known:
                    said.append(f"of {own} we say {description}, libphonenumber {known}")
            if not (ours.startswith("ok") and number is not None and own == e164(number)):
                rule = on_purpose(region, text, ours, number)
                if rule:
                    rules[rule] += 1
                else:
                    theirs = "none" if number is None else f"{e164(number)} (valid: {lib.is_valid_number(number)})"
                    said.append(f"we read {ours.split(chr(9))[:2]}, libphonenumber {theirs}")
            for difference in said:
                differences += 1
                if differences <= SHOWN:
                    print(f"{region} {text!r}: {difference}")
    for rule, times in rules.most_common():
        print(f"{times:>9}  {rule}")
    print(
        f"{COUNT} texts over {len(REGIONS)} regions, {read} of them numbers, {differences} differences "
        f"(libphonenumber {lib.__version__}, seed {SEED})"
    )
    return 1 if differences else 0


sys.exit(main())
