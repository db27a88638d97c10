using System.Text;

namespace Imapd.Protocol.Normalization;

/// <summary>
/// Brings text into the form in which SEARCH compares it (i;unicode-casemap, RFC 5051 §2): letters of both cases are one,
/// and a composed letter is its base followed by its marks. All planes of Unicode.
/// </summary>
/// <remarks>
/// Two deviations, both to find more: a character becomes a capital and not a title letter, and so do the parts it
/// decomposes into, so that the ligature in "ﬁn" is found with "FIN".
/// </remarks>
public static class Casemap
{
    /// <summary>The most UTF-16 units one character becomes: U+FDFA is a sentence.</summary>
    public const int MaxGrowth = 18;

    private const uint SyllableBase = 0xAC00;
    private const uint LeadingBase = 0x1100;
    private const uint VowelBase = 0x1161;
    private const uint TrailingBase = 0x11A7;
    private const uint VowelCount = 21;
    private const uint TrailingCount = 28;
    private const uint SyllableCount = 11172;

    /// <summary>The whole of <paramref name="text"/> in folded form.</summary>
    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
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
    /// <see cref="MaxGrowth"/> at least. Half a surrogate pair stays as it is: the caller keeps pairs together.
    /// </summary>
    /// <returns>How many UTF-16 units were written.</returns>
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

                if (Rune.DecodeFromUtf16(text[consumed..], out Rune rune, out int units) == System.Buffers.OperationStatus.Done)
                {
                    written += FoldOne(rune, folded[written..]);
                }
                else
                {
                    folded[written++] = text[consumed];
                }

                consumed += units;
            }
        }

        return written;
    }

    private static int FoldOne(Rune rune, Span<char> folded)
    {
        rune = Capital(rune);
        uint character = (uint)rune.Value;
        uint syllable = character - SyllableBase;
        if (syllable < SyllableCount)
        {
            return FoldSyllable(syllable, folded);
        }

        if (!Decomposable.Has(character))
        {
            return rune.EncodeToUtf16(folded);
        }

        if (TryFoldCompatible(character, folded, out int written))
        {
            return written;
        }

        if (!Nfc.TryDecompose(character, out uint first, out uint second))
        {
            return rune.EncodeToUtf16(folded);
        }

        written = FoldOne(new Rune(first), folded);
        return second == 0 ? written : written + FoldOne(new Rune(second), folded[written..]);
    }

    // The runtime leaves these two small letters as they are, because their capitals are ASCII.
    private static Rune Capital(Rune rune) => rune.Value switch
    {
        0x0131 => new Rune('I'),
        0x017F => new Rune('S'),
        _ => Rune.ToUpperInvariant(rune),
    };

    private static int FoldSyllable(uint syllable, Span<char> folded)
    {
        folded[0] = (char)(LeadingBase + (syllable / (VowelCount * TrailingCount)));
        folded[1] = (char)(VowelBase + (syllable % (VowelCount * TrailingCount) / TrailingCount));
        uint tail = syllable % TrailingCount;
        folded[2] = (char)(TrailingBase + tail);
        return tail == 0 ? 2 : 3;
    }

    private static bool TryFoldCompatible(uint character, Span<char> folded, out int written)
    {
        // The last run that begins at the character or before it.
        ReadOnlySpan<ulong> runs = CompatibilityFoldings.Runs;
        int low = 0;
        int high = runs.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (CompatibilityRun.FirstOf(runs[middle]) <= character)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        written = 0;
        if (low == 0)
        {
            return false;
        }

        var run = new CompatibilityRun(runs[low - 1]);
        uint place = character - run.First;
        if (place >= run.Count)
        {
            return false;
        }

        CompatibilityFoldings.Text.AsSpan(run.TextStart, run.TextLength).CopyTo(folded);
        written = run.TextLength;
        if (run.IsAscending)
        {
            folded[written - 1] += (char)place;
        }

        // Small letters that got a capital since the table was made.
        for (int at = 0; at < written; at++)
        {
            folded[at] = char.ToUpperInvariant(folded[at]);
        }

        return true;
    }

    /// <summary>Characters one after the other that fold to the same text, or to one whose last character ascends with them.</summary>
    private readonly struct CompatibilityRun(ulong packed)
    {
        public uint First => FirstOf(packed);

        public uint Count => (uint)(packed >> 20) & 0xFF;

        public bool IsAscending => (packed >> 19 & 1) != 0;

        public int TextLength => (int)(packed >> 14) & 0x1F;

        public int TextStart => (int)packed & 0x3FFF;

        public static uint FirstOf(ulong packed) => (uint)(packed >> 28);
    }

    /// <summary>Which characters are made of others: a bit for each up to the last that is, 24 KB.</summary>
    private static class Decomposable
    {
        private static readonly ulong[] Bits = Mark();

        public static bool Has(uint character) =>
            character >> 6 < Bits.Length && (Bits[character >> 6] >> (int)(character & 63) & 1) != 0;

        private static ulong[] Mark()
        {
            ulong[] bits = new ulong[(Decompositions.Table[^1] >> 42 >> 6) + 1];
            foreach (ulong entry in Decompositions.Table)
            {
                bits[entry >> 42 >> 6] |= 1UL << (int)(entry >> 42 & 63);
            }

            foreach (ulong packed in CompatibilityFoldings.Runs)
            {
                var run = new CompatibilityRun(packed);
                for (uint character = run.First; character < run.First + run.Count; character++)
                {
                    bits[character >> 6] |= 1UL << (int)(character & 63);
                }
            }

            return bits;
        }
    }
}
