using System.Text;

namespace Imapd.Protocol.Normalization;

/// <summary>
/// Unicode's canonical composition, form C (UAX #15). The runtime has none without ICU's tables:
/// <see cref="string.Normalize()"/> then returns what it is given.
/// </summary>
internal static class Nfc
{
    // Below it nothing combines with anything before it, and nothing changes.
    private const char FirstMark = '\u0300';

    private const uint SyllableBase = 0xAC00;
    private const uint LeadingBase = 0x1100;
    private const uint VowelBase = 0x1161;
    private const uint TrailingBase = 0x11A7;
    private const uint LeadingCount = 19;
    private const uint VowelCount = 21;
    private const uint TrailingCount = 28;
    private const uint SyllableCount = LeadingCount * VowelCount * TrailingCount;
    private const ulong CharacterMask = (1 << 21) - 1;

    /// <summary>The text in form C; a text of only marks takes no longer than sorting them.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    public static string Compose(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', (char)(FirstMark - 1)))
        {
            return text;
        }

        var characters = new List<uint>(text.Length + 8);
        foreach (Rune rune in text.EnumerateRunes())
        {
            Decompose((uint)rune.Value, characters);
        }

        SortMarks(characters);
        ComposePairs(characters);
        var composed = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (uint character in characters)
        {
            composed.Append(units[..new Rune(character).EncodeToUtf16(units)]);
        }

        return composed.ToString();
    }

    private static void Decompose(uint character, List<uint> to)
    {
        uint syllable = character - SyllableBase;
        if (syllable < SyllableCount)
        {
            to.Add(LeadingBase + (syllable / (VowelCount * TrailingCount)));
            to.Add(VowelBase + (syllable % (VowelCount * TrailingCount) / TrailingCount));
            if (syllable % TrailingCount != 0)
            {
                to.Add(TrailingBase + (syllable % TrailingCount));
            }
        }
        else if (TryDecompose(character, out uint first, out uint second))
        {
            Decompose(first, to);
            if (second != 0)
            {
                // The second of a pair is never made of others.
                to.Add(second);
            }
        }
        else
        {
            to.Add(character);
        }
    }

    /// <summary>What a character is made of, one step; <paramref name="second"/> is 0 when it stands for one other.</summary>
    /// <returns>False when it is made of nothing else, or is a Hangul syllable, which is computed.</returns>
    public static bool TryDecompose(uint character, out uint first, out uint second)
    {
        ReadOnlySpan<ulong> table = Decompositions.Table;
        int low = 0;
        int high = table.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if ((table[middle] >> 42) < character)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        bool isFound = low < table.Length && (table[low] >> 42) == character;
        first = isFound ? (uint)((table[low] >> 21) & CharacterMask) : 0;
        second = isFound ? (uint)(table[low] & CharacterMask) : 0;
        return isFound;
    }

    // Marks of different classes may stand in any order in the text; those of one class keep theirs.
    private static void SortMarks(List<uint> characters)
    {
        var marks = new List<ulong>();
        for (int i = 0; i <= characters.Count; i++)
        {
            ulong combiningClass = i < characters.Count ? CombiningClass(characters[i]) : 0;
            if (combiningClass != 0)
            {
                marks.Add((combiningClass << 53) | ((ulong)i << 21) | characters[i]);
                continue;
            }

            if (marks.Count > 1)
            {
                marks.Sort();
            }

            for (int mark = 0; mark < marks.Count; mark++)
            {
                characters[i - marks.Count + mark] = (uint)(marks[mark] & CharacterMask);
            }

            marks.Clear();
        }
    }

    private static void ComposePairs(List<uint> characters)
    {
        int kept = 0;
        int starter = -1;
        uint lastClass = 0;
        for (int i = 0; i < characters.Count; i++)
        {
            uint character = characters[i];
            uint combiningClass = CombiningClass(character);

            // A mark is kept from the starter by one of the same class, and a starter by anything between them.
            bool isNext = starter >= 0 && (kept == starter + 1 || (lastClass != 0 && lastClass < combiningClass));
            if (isNext && TryCompose(characters[starter], character, out uint composed))
            {
                characters[starter] = composed;
                continue;
            }

            if (combiningClass == 0)
            {
                starter = kept;
            }

            lastClass = combiningClass;
            characters[kept++] = character;
        }

        characters.RemoveRange(kept, characters.Count - kept);
    }

    private static bool TryCompose(uint first, uint second, out uint composed)
    {
        if (first - LeadingBase < LeadingCount && second - VowelBase < VowelCount)
        {
            composed = SyllableBase + ((((first - LeadingBase) * VowelCount) + (second - VowelBase)) * TrailingCount);
            return true;
        }

        if (first - SyllableBase < SyllableCount && (first - SyllableBase) % TrailingCount == 0
            && second > TrailingBase && second < TrailingBase + TrailingCount)
        {
            composed = first + (second - TrailingBase);
            return true;
        }

        return TryFindPair(((ulong)first << 21) | second, out composed);
    }

    private static bool TryFindPair(ulong pair, out uint composed)
    {
        const ulong PairMask = (1UL << 42) - 1;
        ReadOnlySpan<ulong> table = Decompositions.Table;
        ReadOnlySpan<ushort> composable = Decompositions.Composable;
        int low = 0;
        int high = composable.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if ((table[composable[middle]] & PairMask) < pair)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        bool isFound = low < composable.Length && (table[composable[low]] & PairMask) == pair;
        composed = isFound ? (uint)(table[composable[low]] >> 42) : 0;
        return isFound;
    }

    private static uint CombiningClass(uint character)
    {
        ReadOnlySpan<ulong> ranges = CombiningClasses.Ranges;
        int low = 0;
        int high = ranges.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (((ranges[middle] >> 8) & CharacterMask) < character)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < ranges.Length && (ranges[low] >> 29) <= character ? (uint)(ranges[low] & 0xFF) : 0;
    }
}
