using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Search;

/// <summary>How the keys of a SEARCH are written.</summary>
/// <param name="reader">Where they stand.</param>
/// <param name="charset">How their texts are encoded.</param>
internal sealed class SearchKeyGrammar(CommandReader reader, SearchCharset charset)
{
    // search-key *(SP search-key)
    /// <summary>Reads keys that all must match; a single one stands for itself.</summary>
    public SearchKey ReadKeys()
    {
        var keys = new List<SearchKey>();
        do
        {
            keys.Add(ReadKey());
        }
        while (reader.TryRead((byte)' '));
        return keys is [SearchKey single] ? single : new AndKey(keys);
    }

    // search-key = … / sequence-set / "(" search-key *(SP search-key) ")"
    private SearchKey ReadKey()
    {
        if (SequenceSetGrammar.CanBegin(reader.Peek()))
        {
            return new SequenceKey(SequenceSetGrammar.Read(reader));
        }

        if (reader.TryRead((byte)'('))
        {
            reader.Enter();
            SearchKey keys = ReadKeys();
            reader.Read((byte)')');
            reader.Leave();
            return keys;
        }

        int start = reader.Position;
        return ReadNamedKey(reader.ReadKeyword("a search key"))
            ?? throw CommandReader.ExpectedAt("a known search key", start);
    }

    private SearchKey? ReadNamedKey(string name) => name switch
    {
        "ALL" => new AllKey(),
        "NOT" => ReadNot(),
        "OR" => ReadOr(),
        "UID" => ReadUid(),
        "RECENT" => new RecentKey(IsRecent: true),
        "OLD" => new RecentKey(IsRecent: false),
        "NEW" => new NewKey(),
        "KEYWORD" => ReadKeyword(isSet: true),
        "UNKEYWORD" => ReadKeyword(isSet: false),
        "HEADER" => ReadHeader(),
        "FROM" or "TO" or "CC" or "BCC" or "SUBJECT" => new HeaderKey(name, ReadText()),
        "BODY" => new BodyKey(ReadText()),
        "TEXT" => new TextKey(ReadText()),
        "LARGER" => ReadSize(larger: true),
        "SMALLER" => ReadSize(larger: false),
        "OLDER" => ReadAge(older: true),
        "YOUNGER" => ReadAge(older: false),
        _ => TrySystemFlag(name) ?? (SearchKey?)TryReadDate(name),
    };

    private static SystemFlagKey? TrySystemFlag(string name)
    {
        foreach ((SystemFlags flag, string flagName) in SystemFlagNames.All)
        {
            ReadOnlySpan<char> withoutBackslash = flagName.AsSpan(1);
            if (withoutBackslash.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return new SystemFlagKey(flag, IsSet: true);
            }

            bool isNegated = name.StartsWith("UN", StringComparison.Ordinal);
            if (isNegated && withoutBackslash.Equals(name.AsSpan(2), StringComparison.OrdinalIgnoreCase))
            {
                return new SystemFlagKey(flag, IsSet: false);
            }
        }

        return null;
    }

    // "NOT" SP search-key
    private NotKey ReadNot()
    {
        reader.Enter();
        reader.ReadSp();
        SearchKey key = ReadKey();
        reader.Leave();
        return new NotKey(key);
    }

    // "OR" SP search-key SP search-key
    private OrKey ReadOr()
    {
        reader.Enter();
        reader.ReadSp();
        SearchKey left = ReadKey();
        reader.ReadSp();
        SearchKey right = ReadKey();
        reader.Leave();
        return new OrKey(left, right);
    }

    // "UID" SP sequence-set
    private UidKey ReadUid()
    {
        reader.ReadSp();
        return new UidKey(SequenceSetGrammar.Read(reader));
    }

    // "KEYWORD" SP flag-keyword / "UNKEYWORD" SP flag-keyword
    private KeywordKey ReadKeyword(bool isSet)
    {
        reader.ReadSp();
        return new KeywordKey(reader.ReadAtom("a keyword"), isSet);
    }

    // "HEADER" SP header-fld-name SP astring
    private HeaderKey ReadHeader()
    {
        reader.ReadSp();
        string field = HeaderFieldName.Read(reader);
        return new HeaderKey(field, ReadText());
    }

    // SP astring
    private string ReadText()
    {
        reader.ReadSp();
        int start = reader.Position;
        return charset.Decode(reader.ReadAString().Span, start);
    }

    // "LARGER" SP number64 / "SMALLER" SP number64
    private SizeKey ReadSize(bool larger)
    {
        reader.ReadSp();
        return new SizeKey(larger, reader.ReadNumber64());
    }

    // ("OLDER" / "YOUNGER") SP nz-number           ; RFC 5032 §3
    private AgeKey ReadAge(bool older)
    {
        reader.ReadSp();
        return new AgeKey(older, reader.ReadNzNumber());
    }

    // "BEFORE" SP date / "ON" SP date / "SINCE" SP date / "SENTBEFORE" SP date / "SENTON" SP date / "SENTSINCE" SP date
    // "SAVEDBEFORE" SP date / "SAVEDON" SP date / "SAVEDSINCE" SP date      ; RFC 8514 §4.3
    private DateKey? TryReadDate(string name)
    {
        (DateField field, string test) = name switch
        {
            _ when name.StartsWith("SENT", StringComparison.Ordinal) => (DateField.Sent, name[4..]),
            _ when name.StartsWith("SAVED", StringComparison.Ordinal) => (DateField.Saved, name[5..]),
            _ => (DateField.Internal, name),
        };
        return test switch
        {
            "BEFORE" => new DateKey(field, DateTest.Before, ReadDate()),
            "ON" => new DateKey(field, DateTest.On, ReadDate()),
            "SINCE" => new DateKey(field, DateTest.Since, ReadDate()),
            _ => null,
        };
    }

    // date = date-text / DQUOTE date-text DQUOTE
    private DateOnly ReadDate()
    {
        reader.ReadSp();
        int start = reader.Position;
        ReadOnlySpan<byte> text = reader.Peek() == '"'
            ? reader.ReadQuoted().Span
            : reader.ReadRun(OctetClasses.Atom, "a date");
        return ImapDate.TryParseDate(text, out DateOnly date)
            ? date
            : throw CommandReader.ExpectedAt("a date like 1-Feb-2026", start);
    }
}
