using System.Text;

namespace Imapd.Worker.Search;

/// <summary>
/// Brings text into the form in which SEARCH compares it (RFC 5051, i;unicode-casemap): letters of both cases are one,
/// and a composed letter is its base followed by its marks.
/// </summary>
/// <remarks>
/// Two deviations, both to find more: a character becomes a capital and not a title letter, and so do the parts it
/// decomposes into, so that the ligature in "ﬁn" is found with "FIN". Characters beyond the basic plane stay as they are.
/// </remarks>
internal static class Casemap
{
    /// <summary>The most characters one character becomes.</summary>
    public const int MaxGrowth = 4;

    private const int HangulFirst = 0xAC00;
    private const int HangulCount = 11172;
    private const int HangulVowels = 21;
    private const int HangulTails = 28;

    private static readonly Index Decompositions = Index.Read(CasemapTable.Entries);

    /// <summary>The whole of <paramref name="text"/> in folded form.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length + 16);
        Span<char> piece = stackalloc char[256];
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int written = Fold(rest, piece, out int consumed);
            folded.Append(piece[..written]);
            rest = rest[consumed..];
        }

        return folded.ToString();
    }

    /// <summary>
    /// Folds as much of <paramref name="text"/> as <paramref name="folded"/> has room for, which must be
    /// <see cref="MaxGrowth"/> characters at least.
    /// </summary>
    /// <returns>How many characters were written.</returns>
    public static int Fold(ReadOnlySpan<char> text, Span<char> folded, out int consumed)
    {
        consumed = 0;
        int written = 0;
        while (consumed < text.Length && folded.Length - written >= MaxGrowth)
        {
            int most = Math.Min(text.Length - consumed, folded.Length - written);
            Ascii.ToUpper(text.Slice(consumed, most), folded[written..], out int ascii);
            consumed += ascii;
            written += ascii;
            if (ascii < most)
            {
                if (folded.Length - written < MaxGrowth)
                {
                    break;
                }

                written += FoldOne(text[consumed++], folded[written..]);
            }
        }

        return written;
    }

    private static int FoldOne(char c, Span<char> folded)
    {
        c = char.ToUpperInvariant(c);
        int syllable = c - HangulFirst;
        if (syllable is >= 0 and < HangulCount)
        {
            return FoldHangul(syllable, folded);
        }

        ReadOnlySpan<char> parts = Decompositions.Find(c);
        if (parts.IsEmpty)
        {
            folded[0] = c;
            return 1;
        }

        parts.CopyTo(folded);
        return parts.Length;
    }

    private static int FoldHangul(int syllable, Span<char> folded)
    {
        folded[0] = (char)(0x1100 + (syllable / (HangulVowels * HangulTails)));
        folded[1] = (char)(0x1161 + (syllable % (HangulVowels * HangulTails) / HangulTails));
        int tail = syllable % HangulTails;
        folded[2] = (char)(0x11A7 + tail);
        return tail == 0 ? 2 : 3;
    }

    private sealed class Index(char[] characters, int[] starts, bool[] pages)
    {
        public static Index Read(string entries)
        {
            var characters = new List<char>();
            var starts = new List<int>();
            bool[] pages = new bool[256];
            for (int at = 0; at < entries.Length; at += 2 + entries[at + 1])
            {
                characters.Add(entries[at]);
                starts.Add(at + 1);
                pages[entries[at] >> 8] = true;
            }

            return new Index([.. characters], [.. starts], pages);
        }

        public ReadOnlySpan<char> Find(char c)
        {
            int place = pages[c >> 8] ? Array.BinarySearch(characters, c) : -1;
            return place < 0
                ? []
                : CasemapTable.Entries.AsSpan(starts[place] + 1, CasemapTable.Entries[starts[place]]);
        }
    }
}
