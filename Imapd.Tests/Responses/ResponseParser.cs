using System.Globalization;

namespace Imapd.Tests.Responses;

/// <summary>
/// Takes responses apart, and takes nothing that the grammar does not have (RFC 9051 §9, and what RFC 3501 §9 has beyond it).
/// </summary>
internal sealed class ResponseParser
{
    private static readonly string[] SelectOptions = ["SUBSCRIBED", "SPECIAL-USE"];

    private static readonly HashSet<string> Capabilities = new(StringComparer.OrdinalIgnoreCase) { "IMAP4rev1", "IMAP4rev2" };

    // Not PARSE, CONTACTADMIN and NOTSAVED, which this server never says: the tables of requirements have the reasons.
    private static readonly HashSet<string> BareCodes =
    [
        "ALERT", "READ-ONLY", "READ-WRITE", "TRYCREATE", "UIDNOTSTICKY", "UNAVAILABLE", "AUTHENTICATIONFAILED",
        "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED", "NOPERM", "INUSE", "EXPUNGEISSUED", "CORRUPTION",
        "SERVERBUG", "CLIENTBUG", "CANNOT", "LIMIT", "OVERQUOTA", "ALREADYEXISTS", "NONEXISTENT", "HASCHILDREN",
        "CLOSED", "UNKNOWN-CTE", "TOOBIG", "USEATTR",
    ];

    private readonly ResponseReader _reader;
    private readonly FetchValueParser _fetch;
    private string _code = "";
    private IReadOnlyList<ResponseValue> _codeValues = [];

    private ResponseParser(ReadOnlyMemory<byte> octets, bool utf8)
    {
        _reader = new ResponseReader(octets, utf8);
        _fetch = new FetchValueParser(_reader);
    }

    /// <summary>Takes one response apart.</summary>
    /// <param name="octets">All of it: literals, and the CRLF at its end.</param>
    /// <param name="utf8">Whether ENABLE has allowed UTF-8 in quoted strings and texts.</param>
    /// <exception cref="ResponseFormatException">It is not the grammar.</exception>
    public static Response Parse(ReadOnlyMemory<byte> octets, bool utf8) => new ResponseParser(octets, utf8).Read();

    /// <summary>
    /// The length of the response that octets begin with: up to the first CRLF that announces no literal; 0 when it is not whole.
    /// </summary>
    public static int LengthOfFirst(ReadOnlySpan<byte> octets)
    {
        int at = 0;
        while (true)
        {
            int lf = octets[at..].IndexOf((byte)'\n');
            if (lf < 0)
            {
                return 0;
            }

            ReadOnlySpan<byte> line = octets.Slice(at, lf + 1);
            at += lf + 1;
            int open = line.EndsWith("}\r\n"u8) ? line.LastIndexOf((byte)'{') : -1;
            if (open < 0 || !uint.TryParse(line[(open + 1)..^3], NumberStyles.None, CultureInfo.InvariantCulture, out uint literal))
            {
                return at;
            }

            if (literal > octets.Length - at)
            {
                return 0;
            }

            at += (int)literal;
        }
    }

    /// <summary>Reads envelopes and structures that stand alone.</summary>
    public static ResponseValue ParseValue(byte[] octets, Func<FetchValueParser, ResponseValue> read, bool utf8 = false)
    {
        var reader = new ResponseReader(octets, utf8);
        ResponseValue value = read(new FetchValueParser(reader));
        return reader.IsAtEnd ? value : throw reader.Expected("the end");
    }

    private Response Read()
    {
        if (_reader.TryRead("+ "))
        {
            // continue-req = "+" SP (resp-text / base64) CRLF, and base64 may be nothing
            string text = _reader.Peek == '\r' ? "" : RespText();
            _reader.End();
            return new Response("+", "", 0, [], _code, _codeValues, text);
        }

        if (_reader.TryRead("* "))
        {
            return Untagged();
        }

        string tag = _reader.Tag();
        _reader.Sp();
        return State(tag, ["OK", "NO", "BAD"]) ?? throw _reader.Expected("OK, NO or BAD");
    }

    private Response? State(string tag, ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (_reader.TryRead(name + " "))
            {
                string text = RespText();
                _reader.End();
                return new Response(tag, name, 0, [], _code, _codeValues, text);
            }
        }

        return null;
    }

    private Response Untagged()
    {
        if (State("*", ["OK", "NO", "BAD", "BYE", "PREAUTH"]) is { } state)
        {
            return state;
        }

        uint number = 0;
        if (char.IsAsciiDigit(_reader.Peek))
        {
            number = _reader.Number().Number;
            _reader.Sp();
        }

        string name = _reader.Atom().ToUpperInvariant();
        IReadOnlyList<ResponseValue> values = (name, number) switch
        {
            ("EXISTS" or "RECENT", _) => [],
            ("EXPUNGE", > 0) => [],
            ("FETCH", > 0) => Behind(_fetch.MessageAttributes).Items,
            (_, > 0) => throw _reader.Expected("EXISTS, RECENT, EXPUNGE or FETCH"),
            ("CAPABILITY", _) => CapabilityData(),
            ("ENABLED", _) => Each(_reader.AtomValue),
            ("FLAGS", _) => Behind(() => _reader.List(() => _reader.Flag(), mayBeEmpty: true)).Items,
            ("LIST", _) => Mailbox(isLsub: false),
            ("LSUB", _) => Mailbox(isLsub: true),
            ("SEARCH", _) => Each(_reader.NzNumber),
            ("ESEARCH", _) => ExtendedSearch(),
            ("STATUS", _) => Status(),
            ("NAMESPACE", _) => [Behind(Namespace), Behind(Namespace), Behind(Namespace)],
            ("ID", _) => [Behind(Id)],
            _ => throw _reader.Expected("a known response"),
        };
        _reader.End();
        return new Response("*", name, number, values, "", [], "");
    }

    private ResponseValue Behind(Func<ResponseValue> read)
    {
        _reader.Sp();
        return read();
    }

    private List<ResponseValue> Each(Func<ResponseValue> read)
    {
        var values = new List<ResponseValue>();
        while (_reader.TryRead(" "))
        {
            values.Add(read());
        }

        return values;
    }

    // resp-text = ["[" resp-text-code "]" SP] text          ; RFC 3501 does not let the text be empty
    private string RespText()
    {
        if (_reader.TryRead("["))
        {
            _code = _reader.Atom().ToUpperInvariant();
            _codeValues = CodeData();
            _reader.Read("] ");
        }

        return _reader.Peek == '[' ? throw _reader.Expected("no bracket in front of a text") : _reader.Text();
    }

    private IReadOnlyList<ResponseValue> CodeData()
    {
        switch (_code)
        {
            case "BADCHARSET":
                return _reader.TryRead(" ") ? _reader.List(_reader.AString, mayBeEmpty: false).Items : [];
            case "CAPABILITY":
                return CapabilityData();
            case "PERMANENTFLAGS":
                return Behind(() => _reader.List(() => _reader.Flag(mayBeStar: true), mayBeEmpty: true)).Items;
            case "UIDNEXT" or "UIDVALIDITY" or "UNSEEN":
                return [Behind(_reader.NzNumber)];
            case "APPENDUID":
                return [Behind(_reader.NzNumber), Behind(_reader.NumberSet)];
            case "COPYUID":
                List<ResponseValue> copied = [Behind(_reader.NzNumber), Behind(_reader.NumberSet), Behind(_reader.NumberSet)];
                return Count(copied[1].Text) == Count(copied[2].Text) ? copied : throw _reader.Expected("as many UIDs as there");
            default:
                return BareCodes.Contains(_code) ? [] : throw _reader.Expected("a known response code before");
        }
    }

    private static ulong Count(string set)
    {
        ulong count = 0;
        foreach (string range in set.Split(','))
        {
            ulong[] ends = [.. range.Split(':').Select(static end => ulong.Parse(end, CultureInfo.InvariantCulture))];
            count += Math.Max(ends[0], ends[^1]) - Math.Min(ends[0], ends[^1]) + 1;
        }

        return count;
    }

    private List<ResponseValue> CapabilityData()
    {
        List<ResponseValue> data = Each(_reader.AtomValue);
        return data.Exists(static item => Capabilities.Contains(item.Text)) ? data : throw _reader.Expected("IMAP4rev1 or IMAP4rev2");
    }

    // mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended]
    private List<ResponseValue> Mailbox(bool isLsub)
    {
        var values = new List<ResponseValue>
        {
            Behind(() => _reader.List(() => _reader.Flag(), mayBeEmpty: true)),
            Behind(() => _reader.TryRead("NIL") ? ResponseValue.Nil : _reader.Quoted()),
            Behind(_reader.AString),
        };
        string[] attributes = [.. values[0].Items.Select(static item => item.Text.ToUpperInvariant())];
        if (attributes.Count(static name => name is "\\NOSELECT" or "\\NONEXISTENT" or "\\MARKED" or "\\UNMARKED") > 1
            || attributes.Distinct().Count() < attributes.Length
            || (attributes.Contains("\\HASCHILDREN") && attributes.Contains("\\HASNOCHILDREN"))
            || (!values[1].IsNil && values[1].Text.Length != 1))
        {
            throw _reader.Expected("attributes that fit together, and a delimiter of one character, before");
        }

        if (!isLsub && _reader.TryRead(" "))
        {
            values.Add(_reader.List(ExtendedItem, mayBeEmpty: true));
        }

        return values;
    }

    // mbox-list-extended-item = mbox-list-extended-item-tag SP tagged-ext-val
    private ResponseValue ExtendedItem()
    {
        ResponseValue name = _reader.AString();
        Func<ResponseValue> item = name.Text.ToUpperInvariant() switch
        {
            "CHILDINFO" => SelectOption,
            "OLDNAME" => _reader.AString,
            _ => throw _reader.Expected("CHILDINFO or OLDNAME before"),
        };
        return ResponseValue.List([name, Behind(() => _reader.List(item, mayBeEmpty: false))]);
    }

    // childinfo-extended-item holds quoted names of selection options
    private ResponseValue SelectOption()
    {
        ResponseValue option = _reader.Quoted();
        return SelectOptions.Contains(option.Text) ? option : throw _reader.Expected("a selection option before");
    }

    // esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
    private List<ResponseValue> ExtendedSearch()
    {
        var values = new List<ResponseValue>();
        if (_reader.TryRead(" (TAG "))
        {
            values.AddRange([ResponseValue.Of(ValueKind.Atom, "TAG"), _reader.String()]);
            _reader.Read(")");
        }

        if (_reader.TryRead(" UID"))
        {
            values.AddRange([ResponseValue.Of(ValueKind.Atom, "UID"), ResponseValue.Nil]);
        }

        while (_reader.TryRead(" "))
        {
            ResponseValue name = _reader.AtomValue();
            values.AddRange([name, Behind(name.Text.ToUpperInvariant() switch
            {
                "MIN" or "MAX" => _reader.NzNumber,
                "ALL" => _reader.NumberSet,
                "COUNT" => _reader.Number,
                _ => throw _reader.Expected("MIN, MAX, ALL or COUNT before"),
            })]);
        }

        return values;
    }

    // mailbox-data =/ "STATUS" SP mailbox SP "(" [status-att-list] ")"
    private List<ResponseValue> Status()
    {
        var values = new List<ResponseValue> { Behind(_reader.AString), ResponseValue.Nil };
        Behind(() => _reader.List(
            () =>
            {
                ResponseValue name = _reader.AtomValue();
                values.AddRange([name, Behind(name.Text.ToUpperInvariant() switch
                {
                    "MESSAGES" or "UNSEEN" or "DELETED" or "RECENT" => _reader.Number,
                    "UIDNEXT" or "UIDVALIDITY" => _reader.NzNumber,
                    "SIZE" => _reader.Number64,
                    "APPENDLIMIT" => () => _reader.TryRead("NIL") ? ResponseValue.Nil : _reader.Number(),
                    _ => throw _reader.Expected("a known status item before"),
                })]);
                return name;
            },
            mayBeEmpty: true));
        return values;
    }

    // namespace = nil / "(" 1*namespace-descr ")"
    private ResponseValue Namespace()
    {
        if (_reader.TryRead("NIL"))
        {
            return ResponseValue.Nil;
        }

        var all = new List<ResponseValue>();
        _reader.Read("(");
        do
        {
            _reader.Read("(");
            all.Add(ResponseValue.List([_reader.String(), Behind(() => _reader.TryRead("NIL") ? ResponseValue.Nil : _reader.Quoted())]));
            _reader.Read(")");
        }
        while (_reader.Peek == '(');
        _reader.Read(")");
        return ResponseValue.List(all);
    }

    // id-params-list = "(" [string SP nstring *(SP string SP nstring)] ")" / nil
    private ResponseValue Id() => _reader.TryRead("NIL")
        ? ResponseValue.Nil
        : _reader.List(() => ResponseValue.List([_reader.String(), Behind(_reader.NString)]), mayBeEmpty: true);
}
