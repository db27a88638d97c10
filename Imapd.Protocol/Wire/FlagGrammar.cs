using Imapd.Protocol.Values;

namespace Imapd.Protocol.Wire;

/// <summary>Flags as clients name them (RFC 9051 §9, <c>flag</c>).</summary>
internal static class FlagGrammar
{
    /// <summary>The most octets of a keyword: one line of a mailbox's keyword table, and more than any in use has.</summary>
    public const int MaxKeywordOctets = 200;

    // flag-list = "(" [flag *(SP flag)] ")"
    /// <summary>Reads a list of flags in parentheses.</summary>
    public static FlagSet ReadList(CommandReader reader)
    {
        var flags = new Collector(reader);
        reader.ReadList(mayBeEmpty: true, flags.ReadFlag);
        return flags.ToFlagSet();
    }

    // store-att-flags = … SP (flag-list / (flag *(SP flag)))
    /// <summary>Reads a list of flags in parentheses, or flags up to the end of the command.</summary>
    public static FlagSet ReadListOrRest(CommandReader reader)
    {
        if (reader.Peek() == '(')
        {
            return ReadList(reader);
        }

        var flags = new Collector(reader);
        do
        {
            flags.ReadFlag();
        }
        while (reader.TryRead((byte)' '));
        return flags.ToFlagSet();
    }

    // flag-keyword = "$MDNSent" / "$Forwarded" / "$Junk" / "$NotJunk" / "$Phishing" / atom
    /// <summary>Reads a keyword.</summary>
    /// <exception cref="ImapRefusedException">It is too long.</exception>
    public static string ReadKeyword(CommandReader reader)
    {
        string keyword = reader.ReadAtom("a flag");
        return keyword.Length <= MaxKeywordOctets
            ? keyword
            : throw new ImapRefusedException("LIMIT", $"A keyword has at most {MaxKeywordOctets} octets");
    }

    private sealed class Collector(CommandReader reader)
    {
        private readonly List<string> _keywords = [];
        private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);
        private SystemFlags _system;

        public FlagSet ToFlagSet() => new(_system, _keywords);

        // flag           = "\Answered" / "\Flagged" / "\Deleted" / "\Seen" / "\Draft" / flag-keyword / flag-extension
        // flag-extension = "\" atom
        public void ReadFlag()
        {
            if (!reader.TryRead((byte)'\\'))
            {
                string keyword = ReadKeyword(reader);
                if (_seen.Add(keyword))
                {
                    _keywords.Add(keyword);
                }

                return;
            }

            string name = "\\" + reader.ReadAtom("the name of a system flag");

            // What no mailbox here keeps is not in PERMANENTFLAGS, and to store it changes nothing (RFC 9051 §7.1). So is \Recent,
            // which clients that copy between servers send back: it is not theirs to set (RFC 3501 §2.3.2).
            _system |= SystemFlag(name);
        }

        private static SystemFlags SystemFlag(string name)
        {
            foreach ((SystemFlags flag, string known) in SystemFlagNames.All)
            {
                if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return flag;
                }
            }

            return SystemFlags.None;
        }
    }
}
