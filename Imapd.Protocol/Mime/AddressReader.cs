namespace Imapd.Protocol.Mime;

/// <summary>
/// Reads the addresses of a field one by one (RFC 5322 §3.4 with the obsolete forms of §4.4, UTF-8 as in RFC 6532).
/// Never fails: what is no address is told of as one with a part missing, or passed over.
/// </summary>
public ref struct AddressReader
{
    private readonly List<byte> _name = [];
    private readonly List<byte> _comment = [];
    private readonly List<byte> _local = [];
    private HeaderLexer _lexer;
    private bool _isInGroup;

    // A local part may be there and be empty: "" in quotes.
    private bool _hasLocal;

    /// <summary>Begins with a field's value, folded or not.</summary>
    public AddressReader(ReadOnlySpan<byte> value) => _lexer = new HeaderLexer(HeaderFields.Unfold(value));

    /// <summary>Whether the group last begun has not been ended: the caller must not stop here.</summary>
    public readonly bool IsInGroup => _isInGroup;

    /// <summary>Reads the next address, or the begin or end of a group; false when there are no more.</summary>
    public bool TryRead(out Address address)
    {
        while (true)
        {
            _name.Clear();
            _comment.Clear();
            ClearLocal();
            int nameBeforeLocal = ReadPhrase();
            switch (_lexer.Peek)
            {
                case '<':
                    _lexer.Position++;
                    address = ReadAngle();
                    return true;
                case '@':
                    _name.RemoveRange(nameBeforeLocal, _name.Count - nameBeforeLocal);
                    _lexer.Position++;
                    address = FinishAddress(null, ReadDomain());
                    return true;
                case ':':
                    _lexer.Position++;
                    if (_isInGroup)
                    {
                        continue;
                    }

                    _isInGroup = true;
                    address = new Address(null, null, [.. _name], null);
                    return true;
            }

            if (_name.Count > 0 || _local.Count > 0)
            {
                // One word is somebody on this host, several are somebody's name.
                bool isMailbox = nameBeforeLocal == 0;
                if (isMailbox)
                {
                    _name.Clear();
                }
                else
                {
                    ClearLocal();
                }

                address = FinishAddress(null, []);
                return true;
            }

            if (_lexer.IsAtEnd || (_isInGroup && _lexer.Peek == ';'))
            {
                _lexer.TryTake((byte)';');
                address = default;
                bool wasInGroup = _isInGroup;
                _isInGroup = false;
                return wasInGroup;
            }

            // ",", or ";" outside a group, which some take for a comma; or ")", ">", "[" … out of place.
            _lexer.Position++;
        }
    }

    // phrase, or the local part of an addr-spec: only what follows decides. Returns how much of _name comes before the
    // last word, which is in _local; "a . b" is one word.
    private int ReadPhrase()
    {
        int before = 0;
        bool endsInDot = false;
        while (true)
        {
            bool hadSpace = _lexer.SkipCfws(_comment);
            int next = _lexer.Peek;
            if (IsSpecial(next))
            {
                return before;
            }

            if (hadSpace && _name.Count > 0)
            {
                if (!endsInDot && next != '.')
                {
                    before = _name.Count;
                    ClearLocal();
                }

                _name.Add((byte)' ');
            }

            int start = _local.Count;
            endsInDot = ReadWord();
            for (int at = start; at < _local.Count; at++)
            {
                _name.Add(_local[at]);
            }
        }
    }

    // angle-addr = "<" [obs-route] addr-spec ">", standing behind its "<"
    private Address ReadAngle()
    {
        ClearLocal();
        do
        {
            _lexer.SkipCfws(_comment);
        }
        while (_lexer.TryTake((byte)'<') || _lexer.TryTake((byte)','));

        byte[]? route = null;
        byte[] host = [];
        if (_lexer.Peek == '@' && !TryReadRoute(out route, out host))
        {
            route = "INVALID_ROUTE"u8.ToArray();
        }

        ReadLocalPart();
        if (_lexer.TryTake((byte)'@'))
        {
            host = ReadDomain();
        }

        _lexer.ReadUntil(">,;"u8);
        _lexer.TryTake((byte)'>');
        return FinishAddress(route, host);
    }

    // obs-route = obs-domain-list ":". Of "<@domain>", where only the local part is missing, the domain is the host.
    private bool TryReadRoute(out byte[]? route, out byte[] host)
    {
        var domains = new List<byte>();
        int count = 0;
        byte[] domain = [];
        while (_lexer.TryTake((byte)'@'))
        {
            domain = ReadDomain();
            domains.AddRange(count++ == 0 ? "@"u8 : ",@"u8);
            domains.AddRange(domain);
            while (_lexer.TryTake((byte)','))
            {
                _lexer.SkipCfws(_comment);
            }
        }

        host = [];
        route = [.. domains];
        if (_lexer.TryTake((byte)':'))
        {
            return true;
        }

        if (count == 1 && _lexer.Peek is -1 or '>')
        {
            (route, host) = (null, domain);
            return true;
        }

        return false;
    }

    private void ReadLocalPart()
    {
        bool endsInDot = false;
        while (true)
        {
            bool hadSpace = _lexer.SkipCfws(_comment);
            int next = _lexer.Peek;
            if (next == ':')
            {
                // "<mailto:…>"
                _lexer.Position++;
                ClearLocal();
                continue;
            }

            if (IsSpecial(next))
            {
                return;
            }

            if (hadSpace && _local.Count > 0 && !endsInDot && next != '.')
            {
                _local.Add((byte)' ');
            }

            endsInDot = ReadWord();
        }
    }

    // Adds a word to _local; returns whether it ends in a dot, so that the next one belongs to it.
    private bool ReadWord()
    {
        _hasLocal = true;
        if (_lexer.Peek == '"')
        {
            _lexer.ReadQuoted(_local);
            return false;
        }

        ReadOnlySpan<byte> atom = _lexer.ReadUntil(" \t(\"<@:,;>)"u8);
        if (atom[^1] == '\\' && _lexer.TryTake((byte)'"'))
        {
            // Some escape the quotes of a name that they then do not quote.
            _local.AddRange(atom[..^1]);
            _local.Add((byte)'"');
            return false;
        }

        _local.AddRange(atom);
        return atom[^1] == '.';
    }

    private void ClearLocal()
    {
        _local.Clear();
        _hasLocal = false;
    }

    // domain = dot-atom / domain-literal / obs-domain, standing behind the "@"
    private byte[] ReadDomain()
    {
        var domain = new List<byte>();
        do
        {
            _lexer.SkipCfws(_comment);
            ReadOnlySpan<byte> read = _lexer.ReadUntil(_lexer.Peek == '[' ? "]"u8 : " \t(\"<@:,;>)"u8);
            domain.AddRange(read);
            if (_lexer.TryTake((byte)']'))
            {
                domain.Add((byte)']');
            }

            _lexer.SkipCfws(_comment);
            if (read.IsEmpty || (read[^1] != '.' && _lexer.Peek != '.'))
            {
                break;
            }
        }
        while (true);

        return [.. domain];
    }

    // Goes on to where the next address begins; a comment on the way is the name of one that has none.
    private Address FinishAddress(byte[]? route, byte[] host)
    {
        while (true)
        {
            _lexer.SkipCfws(_comment);
            if (_lexer.IsAtEnd || _lexer.Peek == ';' || _lexer.TryTake((byte)','))
            {
                break;
            }

            if (_lexer.Peek == '"')
            {
                _lexer.ReadQuoted(null);
            }
            else
            {
                _lexer.ReadUntil(" \t(\",;"u8);
            }
        }

        List<byte> name = _name.Count > 0 ? _name : _comment;
        return new Address(
            name.Count > 0 ? Trim(name) : null,
            route,
            _hasLocal ? [.. _local] : "MISSING_MAILBOX"u8.ToArray(),
            host.Length > 0 ? host : "MISSING_DOMAIN"u8.ToArray());
    }

    private static byte[] Trim(List<byte> text)
    {
        byte[] octets = [.. text];
        return octets.AsSpan().Trim(" \t"u8).ToArray();
    }

    private static bool IsSpecial(int octet) => octet is -1 or '<' or '@' or ':' or ',' or ';' or '>' or ')';
}
