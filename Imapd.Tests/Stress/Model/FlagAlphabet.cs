namespace Imapd.Tests.Stress.Model;

/// <summary>The flags of the stress, as bits: the system flags and a few keywords.</summary>
internal static class FlagAlphabet
{
    public const int Seen = 1;
    public const int Answered = 2;
    public const int Flagged = 4;
    public const int Deleted = 8;
    public const int Draft = 16;
    public const int None = 0;

    private const string Letters = "SRFTD";

    public static IReadOnlyList<string> Names { get; } =
        [@"\Seen", @"\Answered", @"\Flagged", @"\Deleted", @"\Draft", "$Forwarded", "$Junk", "k0", "k1", "k2", "k3", "Umlaut-&-Co"];

    public static int All { get; } = (1 << Names.Count) - 1;

    public static int SystemCount => Letters.Length;

    /// <summary>The bits of names as a server tells them; \Recent is none of the message's flags.</summary>
    /// <exception cref="StressFailure">A flag that nobody ever set.</exception>
    public static int Parse(IEnumerable<string> names)
    {
        int bits = 0;
        foreach (string name in names)
        {
            if (!name.Equals(@"\Recent", StringComparison.OrdinalIgnoreCase))
            {
                int place = PlaceOf(name);
                bits |= place >= 0 ? 1 << place : throw new StressFailure($"a flag that nobody set: {name}");
            }
        }

        return bits;
    }

    public static string Text(int bits) => string.Join(' ', Names.Where((_, place) => (bits & (1 << place)) != 0));

    /// <summary>The bits of the letters behind <c>:2,</c>.</summary>
    /// <param name="info">The letters.</param>
    /// <param name="keywords">What the letters a to z stand for.</param>
    public static int OfLetters(string info, IReadOnlyDictionary<char, string> keywords)
    {
        int bits = 0;
        foreach (char letter in info)
        {
            int place = Letters.IndexOf(letter, StringComparison.Ordinal);
            if (place < 0 && !keywords.TryGetValue(letter, out _))
            {
                throw new StressFailure($"letter {letter} is no flag and no keyword");
            }

            bits |= place >= 0 ? 1 << place : Parse([keywords[letter]]);
        }

        return bits;
    }

    /// <summary>The letter of a system flag.</summary>
    public static char LetterOf(int bit) => Letters[int.TrailingZeroCount(bit)];

    private static int PlaceOf(string name)
    {
        for (int place = 0; place < Names.Count; place++)
        {
            if (Names[place].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return place;
            }
        }

        return -1;
    }
}
