using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;

namespace Imapd.Tests.Protocol.Properties;

/// <summary>
/// Writes the terminals of the grammar of commands, each in one of the forms that it has: words in any case, strings bare,
/// quoted or as literals.
/// </summary>
/// <param name="forms">Chooses the forms.</param>
/// <param name="utf8">Whether mailbox names are in UTF-8.</param>
internal sealed class CommandOutput(Random forms, bool utf8)
{
    private readonly List<byte> _octets = [];

    public byte[] Octets => [.. _octets];

    public bool Chance(int oneIn) => forms.Next(oneIn) == 0;

    public CommandOutput Raw(string text)
    {
        _octets.AddRange(Encoding.Latin1.GetBytes(text));
        return this;
    }

    /// <summary>A word of the grammar.</summary>
    public CommandOutput Word(string word) => Raw(forms.Next(4) switch
    {
        0 => word.ToLowerInvariant(),
        1 => string.Concat(word.Select(c => Chance(2) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c))),
        _ => word,
    });

    public CommandOutput Sp() => Raw(" ");

    public CommandOutput Number(long number) => Raw(number.ToString(CultureInfo.InvariantCulture));

    public CommandOutput List<T>(IEnumerable<T> items, Action<T> write)
    {
        Raw("(");
        Separated(items, write, " ");
        return Raw(")");
    }

    public CommandOutput Separated<T>(IEnumerable<T> items, Action<T> write, string separator)
    {
        string before = "";
        foreach (T item in items)
        {
            Raw(before);
            write(item);
            before = separator;
        }

        return this;
    }

    /// <summary>A string: quoted if it can be, or a literal.</summary>
    public CommandOutput String(byte[] octets)
    {
        bool canBeQuoted = Utf8.IsValid(octets) && octets.AsSpan().IndexOfAny((byte)'\r', (byte)'\n') < 0;
        if (!canBeQuoted || Chance(4))
        {
            LiteralHeader(octets.Length, isBinary: false);
            _octets.AddRange(octets);
            return this;
        }

        Raw("\"");
        foreach (byte octet in octets)
        {
            Raw(octet is (byte)'"' or (byte)'\\' ? "\\" : "");
            _octets.Add(octet);
        }

        return Raw("\"");
    }

    /// <summary>An astring: bare if it can be, or a string.</summary>
    public CommandOutput AString(byte[] octets) => BareOrString(octets, OctetClasses.AString);

    public CommandOutput AString(string text) => AString(Encoding.UTF8.GetBytes(text));

    public CommandOutput Mailbox(string name) => AString(Encoded(name));

    public CommandOutput Pattern(string pattern) => BareOrString(Encoded(pattern), OctetClasses.ListMailbox);

    public CommandOutput LiteralHeader(long octets, bool isBinary) =>
        Raw(isBinary ? "~{" : "{").Number(octets).Raw(Chance(2) ? "+}\r\n" : "}\r\n");

    public CommandOutput Set(SequenceSet set)
    {
        Separated(set.Ranges, Range, ",");
        return set.EndsInSavedResult ? Raw(set.Ranges.Count > 0 ? ",$" : "$") : this;
    }

    public CommandOutput Flags(FlagSet flags)
    {
        List<string> names = FlagNames(flags);
        return List(names, name => Raw(name));
    }

    public static List<string> FlagNames(FlagSet flags) =>
        [.. SystemFlagNames.All.Where(known => flags.System.HasFlag(known.Flag)).Select(static known => known.Name), .. flags.Keywords];

    private void Range(SetRange range)
    {
        Raw(End(range.First));
        if (range.First != range.Last || Chance(4))
        {
            Raw(":").Raw(End(range.Last));
        }
    }

    private static string End(uint number) =>
        number == SequenceSet.Star ? "*" : number.ToString(CultureInfo.InvariantCulture);

    // Names that are not ASCII may be sent in UTF-8 in IMAP4rev1 too.
    private byte[] Encoded(string name)
    {
        bool isPlain = utf8 || (!Ascii.IsValid(name) && IsText(name) && Chance(3));
        return Encoding.UTF8.GetBytes(isPlain ? name : MailboxNameEncoding.ToModifiedUtf7(name));
    }

    // Lone surrogates and NUL have a form in modified UTF-7 only.
    private static bool IsText(string name) =>
        !name.Contains('\0', StringComparison.Ordinal) && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)) == name;

    private CommandOutput BareOrString(byte[] octets, System.Buffers.SearchValues<byte> bare)
    {
        if (octets.Length == 0 || octets.AsSpan().ContainsAnyExcept(bare) || Chance(4))
        {
            return String(octets);
        }

        _octets.AddRange(octets);
        return this;
    }
}
