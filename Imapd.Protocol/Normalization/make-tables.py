#!/usr/bin/env python3
"""Writes Decompositions.cs, CombiningClasses.cs and CompatibilityFoldings.cs beside this file, from the Unicode data that Python brings along."""
import os
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
HANGUL = range(0xAC00, 0xD7A4)


def rows(items, per_line):
    return "\n".join("        " + " ".join(i + "," for i in items[n:n + per_line]) for n in range(0, len(items), per_line))


def write(name, summary, members):
    with open(os.path.join(HERE, name + ".cs"), "w", encoding="utf-8") as out:
        out.write("namespace Imapd.Protocol.Normalization;\n\n"
                  f"/// <summary>{summary} Unicode {unicodedata.unidata_version}; written by make-tables.py.</summary>\n"
                  f"internal static class {name}\n{{\n" + "\n\n".join(members) + "\n}\n")


def member(doc, element, name, items, per_line):
    return (f"    /// <summary>{doc}</summary>\n"
            f"    public static ReadOnlySpan<{element}> {name} =>\n    [\n{rows(items, per_line)}\n    ];")


def decompositions():
    found = []
    for code in range(sys.maxunicode + 1):
        text = unicodedata.decomposition(chr(code))
        if text and not text.startswith("<"):
            parts = [int(part, 16) for part in text.split()]
            found.append((code, parts[0], parts[1] if len(parts) > 1 else 0))
    return found


def capital(code):
    """The capital that is one character: that is how the server folds."""
    text = chr(code).upper()
    return ord(text) if len(text) == 1 else code


def units(code):
    return [code] if code < 0x10000 else [0xD7C0 + (code >> 10), 0xDC00 + (code & 0x3FF)]


def folded(code):
    """A character as its capital, and what that is made of likewise, in UTF-16."""
    code = capital(code)
    parts = [part for part in unicodedata.decomposition(chr(code)).split() if not part.startswith("<")]
    return [x for part in parts for x in folded(int(part, 16))] if parts else units(code)


def compatibility_runs():
    runs = []
    for code in range(0x80, sys.maxunicode + 1):
        if code in HANGUL or capital(code) != code or not unicodedata.decomposition(chr(code)).startswith("<"):
            continue
        text = folded(code)
        assert len(text) < 32
        first, count, start, ascends = runs[-1] if runs else (0, 0, [], None)
        is_next = code == first + count and count < 255
        if is_next and ascends is not False and text == start[:-1] + [start[-1] + count]:
            runs[-1] = (first, count + 1, start, True)
        elif is_next and ascends is not True and text == start:
            runs[-1] = (first, count + 1, start, False)
        else:
            runs.append((code, 1, text, None))
    return runs


def write_compatibility():
    runs = [(first, count, "".join(map(chr, text)), ascends) for first, count, text, ascends in compatibility_runs()]
    pool = ""
    for text in sorted({run[2] for run in runs}, key=lambda text: (-len(text), text)):
        pool += "" if text in pool else text
    assert len(pool) < 1 << 14
    packed = [f"0x{first << 28 | count << 20 | bool(ascends) << 19 | len(text) << 14 | pool.index(text):X}"
              for first, count, text, ascends in runs]
    lines = [pool[n:n + 18] for n in range(0, len(pool), 18)]
    literal = "\n        + ".join('"' + "".join(f"\\u{ord(c):04X}" for c in line) + '"' for line in lines)
    write("CompatibilityFoldings", "What characters fold to that are made of others for compatibility.", [
        member("First character, how many in a row (8 bits), whether the text ascends with them, its length (5) and place (14).",
               "ulong", "Runs", packed, 7),
        f"    /// <summary>All the texts.</summary>\n    public const string Text =\n        {literal};"])


def main():
    write_compatibility()
    table = decompositions()
    composable = [n for n, (code, first, second) in enumerate(table)
                  if second and unicodedata.normalize("NFC", chr(first) + chr(second)) == chr(code)]
    composable.sort(key=lambda n: table[n][1:])
    write("Decompositions", "What characters are made of, canonically.", [
        member("A character, the first and the second it is made of (0 for none), 21 bits each, by character.",
               "ulong", "Table", [f"0x{code << 42 | first << 21 | second:X}" for code, first, second in table], 5),
        member("Places in the table of those that are composed again, by the two they are made of.",
               "ushort", "Composable", [str(n) for n in composable], 20)])

    ranges = []
    for code in range(sys.maxunicode + 1):
        ccc = unicodedata.combining(chr(code))
        if ccc and ranges and ranges[-1][1] == code - 1 and ranges[-1][2] == ccc:
            ranges[-1][1] = code
        elif ccc:
            ranges.append([code, code, ccc])
    write("CombiningClasses", "In which order marks on a character are put.", [
        member("First and last character, 21 bits each, and their class, 8 bits; by character.",
               "ulong", "Ranges", [f"0x{first << 29 | last << 8 | ccc:X}" for first, last, ccc in ranges], 6)])


main()
