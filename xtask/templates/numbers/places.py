"""Packs names by number prefix into one file that is searched as it lies; `crates/telephony/src/places.rs` reads it.

All integers are little endian.

    header    u32 country codes, u32 tokens, u32 names, u32 offset of the tokens, u32 offset of the names' index
    codes     by code: u32 code, u32 offset of its tree, u32 its first name, u32 bits of a value
    trees     a node: u16, whose bits 0-9 say which next digits end in a value, 10 that the node has a value itself,
              11 that more than one digit may follow; then, if so, u16 of the digits that lead to nodes
              the values: its own, then those of the digits in their order, bit by bit, filled up to a byte
              for each node below but the last: its length, 7 bits a byte, the high bit set where more follow
              the nodes below
    tokens    by token: u8 length, UTF-8
    names     u32 offset by every 16th name; then by name: how many tokens, written as lengths are, and so many u8

A value is 0 for no name, else the code's first name + value - 1. Offsets are from the beginning of the file.
"""

import struct
from collections import Counter

STRIDE = 16
DIGITS = "0123456789"


class Node:
    __slots__ = ("below", "value", "inherited", "best", "kept")

    def __init__(self):
        self.below = {}
        self.value = self.inherited = self.best = self.kept = None


def packed(names_by_prefix, shortest_by_code):
    """The file. `shortest_by_code`: the country codes, and how many digits a number of each has at least."""
    codes = sorted(shortest_by_code, key=int)
    trees = {code: Node() for code in codes}
    for prefix, name in names_by_prefix.items():
        code = next(prefix[:length] for length in (1, 2, 3) if prefix[:length] in trees)
        node = trees[code]
        for digit in prefix[len(code) :]:
            node = node.below.setdefault(digit, Node())
        node.value = name
    names, heads, bodies = [], [], []
    for code in codes:
        root = trees[code]
        candidates(root, "", len(code), shortest_by_code[code])
        settle(root, "")
        own = sorted(kept_names(root))
        number = {name: at for at, name in enumerate(own, 1)} | {"": 0}
        bits = len(own).bit_length()
        heads.append((int(code), len(names), bits))
        bodies.append(tree(root, number, bits))
        names += own
    tokens, spelled = spell(names)

    at = 5 * 4 + len(codes) * 16
    head = b""
    for (code, first, bits), body in zip(heads, bodies):
        head += struct.pack("<4I", code, at, first, bits)
        at += len(body)
    token_bytes = b"".join(bytes([len(token.encode())]) + token.encode() for token in tokens)
    tokens_at, index_at = at, at + len(token_bytes)
    at = index_at + 4 * -(-len(names) // STRIDE)
    index, text = b"", bytearray()
    for position, codes_of_name in enumerate(spelled):
        if position % STRIDE == 0:
            index += struct.pack("<I", at + len(text))
        text += varint(len(codes_of_name)) + bytes(codes_of_name)
    header = struct.pack("<5I", len(codes), len(tokens), len(names), tokens_at, index_at)
    return header + head + b"".join(bodies) + token_bytes + index + bytes(text)


# The fewest prefixes that answer alike for every whole number: Draves, King, Venkatachary, Zill, "Constructing Optimal IP
# Routing Tables" (INFOCOM 1999), with ten digits for two bits.


def candidates(node, inherited, depth, shortest):
    """From below: which names, standing at this node, need the fewest others below it."""
    node.inherited = inherited if node.value is None else node.value
    if not node.below:
        node.best = {node.inherited}
        return
    counts = Counter()
    for digit in DIGITS:
        below = node.below.get(digit)
        if below is None:
            counts[node.inherited] += 1
        else:
            candidates(below, node.inherited, depth + 1, shortest)
            counts.update(below.best)
    most = max(counts.values())
    node.best = {name for name, count in counts.items() if count == most}
    # A number may end here, and then what stands below does not answer for it.
    if depth >= shortest:
        node.best = {node.inherited}


def settle(node, current):
    """From above: names only where they differ from what stands above."""
    if current not in node.best:
        current = min(node.best)
        node.kept = current
    if not node.below:
        return
    for digit in DIGITS:
        below = node.below.get(digit)
        if below is not None:
            settle(below, current)
            if below.kept is None and not below.below:
                del node.below[digit]
        elif node.inherited != current:
            below = node.below[digit] = Node()
            below.kept = node.inherited


def kept_names(node):
    found = {node.kept} if node.kept else set()
    for below in node.below.values():
        found |= kept_names(below)
    return found


def tree(node, number, bits):
    ends = sorted(digit for digit, below in node.below.items() if not below.below)
    inner = sorted(digit for digit, below in node.below.items() if below.below)
    flags = sum(1 << int(digit) for digit in ends)
    values = [node.below[digit].kept for digit in ends]
    if node.kept is not None:
        flags |= 1 << 10
        values.insert(0, node.kept)
    if inner:
        flags |= 1 << 11
    written = struct.pack("<H", flags)
    if inner:
        written += struct.pack("<H", sum(1 << int(digit) for digit in inner))
    together = 0
    for position, value in enumerate(values):
        together |= number[value] << (position * bits)
    written += together.to_bytes(-(-len(values) * bits // 8), "little")
    bodies = [tree(node.below[digit], number, bits) for digit in inner]
    return written + b"".join(varint(len(body)) for body in bodies[:-1]) + b"".join(bodies)


def varint(value):
    written = bytearray()
    while value >= 0x80:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(written) + bytes([value])


def spell(names):
    """Up to 256 tokens, and every name as tokens: its characters, and again and again the commonest pair as one more.

    Characters beyond those 256 would need another encoding, and are refused.
    """
    text = "\n".join(names)
    alphabet = sorted(set(text) - {"\n"})
    assert len(alphabet) < 256, "too many different characters"
    # One character stands for each token while pairs are counted; these are in no name.
    token_of = {chr(0xE000 + at): letter for at, letter in enumerate(alphabet)}
    text = text.translate({ord(letter): stand_in for stand_in, letter in token_of.items()})
    while len(token_of) < 256:
        pairs = Counter(one + other for one, other in zip(text, text[1:]) if one != "\n" and other != "\n")
        pair = max(sorted(pairs), key=pairs.get)
        stand_in = chr(0xE000 + len(token_of))
        token_of[stand_in] = token_of[pair[0]] + token_of[pair[1]]
        text = text.replace(pair, stand_in)
    spelled = [[ord(stand_in) - 0xE000 for stand_in in line] for line in text.split("\n")]
    return list(token_of.values()), spelled
