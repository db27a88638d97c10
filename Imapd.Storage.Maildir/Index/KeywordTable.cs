using System.Globalization;
using System.Text;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Index;

/// <summary>
/// Which letter in file names stands for which keyword: <c>dovecot-keywords</c>, lines of <c>number name</c>, 0 for
/// <c>a</c>. Immutable.
/// </summary>
/// <remarks>
/// Letters without a name may well be in file names (the file was lost): they are kept there and shown to nobody. Clients
/// of the store see keywords by place in <see cref="Names"/>, which has no gaps.
/// </remarks>
internal sealed class KeywordTable
{
    /// <summary>The file's name in a mailbox's directory.</summary>
    public const string FileName = "dovecot-keywords";

    /// <summary>How many letters there are.</summary>
    public const int MaxKeywords = 26;

    /// <summary>More is refused before memory is taken.</summary>
    public const long MaxFileOctets = 1 << 20;

    private readonly string?[] _byLetter;
    private readonly int[] _placeOfLetter = new int[MaxKeywords];

    private KeywordTable(string?[] byLetter)
    {
        _byLetter = byLetter;
        var names = new List<string>();
        for (int letter = 0; letter < MaxKeywords; letter++)
        {
            string? name = byLetter[letter];
            int place = name is null ? -1 : PlaceOf(names, name);
            if (name is not null && place < 0)
            {
                place = names.Count;
                names.Add(name);
            }

            _placeOfLetter[letter] = place;
        }

        Names = names;
    }

    /// <summary>No keywords.</summary>
    public static KeywordTable Empty { get; } = new(new string?[MaxKeywords]);

    /// <summary>The keywords, in the order of their letters.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether a letter is without a name.</summary>
    public bool HasRoom => _byLetter.Contains(null);

    /// <summary>The letters that have names: bit 0 for <c>a</c>.</summary>
    public uint NamedLetters =>
        (uint)Enumerable.Range(0, MaxKeywords).Where(letter => _byLetter[letter] is not null).Sum(static letter => 1L << letter);

    /// <summary>Reads the file; <see cref="Empty"/> when there is none. Lines that make no sense are passed over.</summary>
    public static KeywordTable Read(DirectoryHandle mailbox)
    {
        byte[]? text = SmallFile.Read(mailbox, FileName, MaxFileOctets);
        return text is null ? Empty : Parse(Encoding.Latin1.GetString(text));
    }

    /// <summary>Reads the file's text.</summary>
    public static KeywordTable Parse(string text)
    {
        string?[] byLetter = new string?[MaxKeywords];
        foreach (string line in text.Split('\n'))
        {
            if (TryParseLine(line, out int letter, out string name))
            {
                byLetter[letter] = name;
            }
        }

        return new KeywordTable(byLetter);
    }

    /// <summary>Reads one line of the file.</summary>
    /// <param name="line">The line.</param>
    /// <param name="letter">The letter's number, when true is returned.</param>
    /// <param name="name">The keyword, when true is returned.</param>
    public static bool TryParseLine(string line, out int letter, out string name)
    {
        int blank = line.IndexOf(' ');
        name = blank > 0 ? line[(blank + 1)..] : string.Empty;
        letter = 0;
        return name.Length > 0
            && int.TryParse(line.AsSpan(0, blank), NumberStyles.None, CultureInfo.InvariantCulture, out letter)
            && letter < MaxKeywords
            && IsKeyword(name);
    }

    /// <summary>The file's text.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        for (int letter = 0; letter < MaxKeywords; letter++)
        {
            if (_byLetter[letter] is { } name)
            {
                text.Append(CultureInfo.InvariantCulture, $"{letter} {name}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The letters (bit 0 for <c>a</c>) as places in <see cref="Names"/>; nameless letters fall away.</summary>
    public uint PlacesOf(uint letters)
    {
        uint places = 0;
        letters &= (1u << MaxKeywords) - 1;
        for (int letter = 0; letters != 0; letter++, letters >>= 1)
        {
            if ((letters & 1) != 0 && _placeOfLetter[letter] >= 0)
            {
                places |= 1u << _placeOfLetter[letter];
            }
        }

        return places;
    }

    /// <summary>The letters of those of the keywords that have one.</summary>
    /// <param name="keywords">Names, compared without regard to ASCII case.</param>
    public uint LettersOf(IEnumerable<string> keywords)
    {
        uint letters = 0;
        foreach (string keyword in keywords)
        {
            for (int letter = 0; letter < MaxKeywords; letter++)
            {
                letters |= IsSame(_byLetter[letter], keyword) ? 1u << letter : 0;
            }
        }

        return letters;
    }

    /// <summary>The letters (bit 0 for <c>a</c>) whose keywords are others than in another table.</summary>
    public uint LettersOtherThanIn(KeywordTable other)
    {
        uint letters = 0;
        for (int letter = 0; letter < MaxKeywords; letter++)
        {
            letters |= _byLetter[letter] == other._byLetter[letter] ? 0 : 1u << letter;
        }

        return letters;
    }

    /// <summary>This table with letters for the keywords that have none yet, as far as there are letters.</summary>
    /// <param name="keywords">Names.</param>
    /// <param name="lettersInUse">
    /// Letters found in file names: one without a keyword must not get one, or messages would get a keyword nobody gave them.
    /// It is free again when no file bears it any more.
    /// </param>
    /// <returns>This instance when nothing had to be added.</returns>
    public KeywordTable With(IEnumerable<string> keywords, Func<uint> lettersInUse)
    {
        string?[] byLetter = (string?[])_byLetter.Clone();
        uint? inUse = null;
        bool isChanged = false;
        foreach (string keyword in keywords)
        {
            if (Array.Exists(byLetter, name => IsSame(name, keyword)))
            {
                continue;
            }

            inUse ??= lettersInUse();
            int last = Array.FindLastIndex(byLetter, static name => name is not null);
            int letter = Enumerable.Range(last + 1, MaxKeywords).Select(static place => place % MaxKeywords)
                .FirstOrDefault(free => byLetter[free] is null && (inUse & (1u << free)) == 0, MaxKeywords);
            if (letter < MaxKeywords)
            {
                byLetter[letter] = keyword;
                isChanged = true;
            }
        }

        return isChanged ? new KeywordTable(byLetter) : this;
    }

    /// <summary>Whether all these keywords have letters.</summary>
    public bool HasAll(IEnumerable<string> keywords) =>
        keywords.All(keyword => Array.Exists(_byLetter, name => IsSame(name, keyword)));

    /// <summary>Puts the table in place of the file, durably. The caller holds the mailbox's lock and the UID list's.</summary>
    public void Write(DirectoryHandle mailbox) => SmallFile.Replace(mailbox, FileName, ToText());

    private static int PlaceOf(List<string> names, string name) => names.FindIndex(other => IsSame(other, name));

    private static bool IsSame(string? left, string right) => right.Equals(left, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a keyword is an atom (RFC 9051 §9, flag-keyword): anything else could not be told to a client.</summary>
    public static bool IsKeyword(ReadOnlySpan<char> name)
    {
        foreach (char c in name)
        {
            if (c is <= ' ' or >= '\x7f' or '(' or ')' or '{' or '%' or '*' or '"' or '\\' or ']')
            {
                return false;
            }
        }

        return true;
    }
}
