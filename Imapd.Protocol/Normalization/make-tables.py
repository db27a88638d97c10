#!/usr/bin/env python3
"""Writes Decompositions.cs and CombiningClasses.cs beside this file, from the Unicode data that Python brings along."""
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


def main():
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
