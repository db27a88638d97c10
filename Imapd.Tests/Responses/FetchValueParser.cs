using Imapd.Protocol.Wire;

namespace Imapd.Tests.Responses;

/// <summary>The items of a FETCH response: envelopes, structures, sections (RFC 9051 §7.5.2, §9 <c>msg-att</c>).</summary>
internal sealed class FetchValueParser(ResponseReader reader)
{
    private const int EnvelopeFields = 10;

    // msg-att = "(" (msg-att-dynamic / msg-att-static) *(SP (msg-att-dynamic / msg-att-static)) ")"
    /// <summary>Names and values in turn. A section is part of its item's name, with the origin of a partial answer.</summary>
    public ResponseValue MessageAttributes()
    {
        var items = new List<ResponseValue>();
        reader.List(
            () =>
            {
                string name = reader.Run(static c => char.IsAsciiLetterOrDigit(c) || c == '.', "a fetch item").ToUpperInvariant();
                string section = reader.Peek == '[' ? Section(name) : "";
                items.Add(ResponseValue.Of(ValueKind.Atom, name + section));
                reader.Sp();
                items.Add(Value(name, section.Length > 0));
                return items[^1];
            },
            mayBeEmpty: false);
        return ResponseValue.List(items);
    }

    // envelope = "(" env-date SP env-subject SP env-from SP … env-bcc SP env-in-reply-to SP env-message-id ")"
    public ResponseValue Envelope()
    {
        var fields = new List<ResponseValue>();
        reader.Read("(");
        for (int field = 0; field < EnvelopeFields; field++)
        {
            if (field > 0)
            {
                reader.Sp();
            }

            fields.Add(field is >= 2 and <= 7 ? Addresses() : reader.NString());
        }

        reader.Read(")");
        return ResponseValue.List(fields);
    }

    // body = "(" (body-type-1part / body-type-mpart) ")"
    /// <param name="extended">Whether it is BODYSTRUCTURE: BODY has no extension data.</param>
    public ResponseValue Body(bool extended)
    {
        reader.Read("(");
        ResponseValue body = reader.Peek == '(' ? Multipart(extended) : OnePart(extended);
        reader.Read(")");
        return body;
    }

    private ResponseValue Value(string name, bool hasSection)
    {
        switch (name)
        {
            case "FLAGS" when !hasSection:
                return reader.List(() => reader.Flag(), mayBeEmpty: true);
            case "ENVELOPE" when !hasSection:
                return Envelope();
            case "INTERNALDATE" when !hasSection:
                ResponseValue date = reader.Quoted();
                return ImapDate.TryParseDateTime(System.Text.Encoding.Latin1.GetBytes(date.Text), out _)
                    ? date : throw reader.Expected("a date-time before");
            case "RFC822.SIZE" when !hasSection:
                return reader.Number64();
            case "UID" when !hasSection:
                return reader.NzNumber();
            case "BODY" or "BODYSTRUCTURE" when !hasSection:
                return Body(extended: name == "BODYSTRUCTURE");
            case "RFC822" or "RFC822.HEADER" or "RFC822.TEXT" when !hasSection:
            case "BODY" when hasSection:
                return reader.NString();
            case "BINARY" when hasSection:
                return reader.TryRead("NIL") ? ResponseValue.Nil : reader.String(mayBeBinary: true);
            case "BINARY.SIZE" when hasSection:
                return reader.Number();
            default:
                throw reader.Expected("a known fetch item before");
        }
    }

    // section = "[" [section-spec] "]", and "<" number ">" where a part of it was asked for
    private string Section(string item)
    {
        var text = new System.Text.StringBuilder("[");
        reader.Read("[");
        bool mayBeText = true;
        while (char.IsAsciiDigit(reader.Peek))
        {
            text.Append(reader.NzNumber().Text);
            mayBeText = reader.TryRead(".");
            text.Append(mayBeText ? "." : "");
            if (!mayBeText)
            {
                break;
            }
        }

        if (mayBeText && (text.Length > 1 || reader.Peek != ']'))
        {
            SectionText(item, text);
        }

        reader.Read("]");
        text.Append(']');
        if (item != "BINARY.SIZE" && reader.TryRead("<"))
        {
            text.Append('<').Append(reader.Number64().Text).Append('>');
            reader.Read(">");
        }

        return text.ToString();
    }

    // section-text = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT" / "MIME"
    private void SectionText(string item, System.Text.StringBuilder text)
    {
        string name = reader.Run(static c => char.IsAsciiLetter(c) || c == '.', "a section").ToUpperInvariant();
        bool isKnown = item == "BODY"
            && (name is "HEADER" or "HEADER.FIELDS" or "HEADER.FIELDS.NOT" or "TEXT" || (name == "MIME" && text.Length > 1));
        if (!isKnown)
        {
            throw reader.Expected("a known section before");
        }

        text.Append(name);
        if (name.StartsWith("HEADER.FIELDS", StringComparison.Ordinal))
        {
            reader.Sp();
            text.Append(' ').Append(reader.List(reader.AString, mayBeEmpty: false));
        }
    }

    // env-from = "(" 1*address ")" / nil
    private ResponseValue Addresses()
    {
        if (reader.TryRead("NIL"))
        {
            return ResponseValue.Nil;
        }

        var addresses = new List<ResponseValue>();
        reader.Read("(");
        bool isInGroup = false;
        do
        {
            ResponseValue address = Address();
            bool isGroupMark = address.Items[3].IsNil;
            if (isGroupMark && isInGroup != address.Items[2].IsNil)
            {
                throw reader.Expected("a group that ends, and begins no other, before");
            }

            isInGroup = isGroupMark ? !isInGroup : isInGroup;
            addresses.Add(address);
        }
        while (reader.Peek == '(');
        reader.Read(")");
        return isInGroup ? throw reader.Expected("the end of the group before") : ResponseValue.List(addresses);
    }

    // address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
    private ResponseValue Address()
    {
        reader.Read("(");
        var parts = new List<ResponseValue> { reader.NString() };
        for (int part = 1; part < 4; part++)
        {
            reader.Sp();
            parts.Add(reader.NString());
        }

        reader.Read(")");
        return ResponseValue.List(parts);
    }

    // body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
    private ResponseValue Multipart(bool extended)
    {
        var parts = new List<ResponseValue>();
        do
        {
            parts.Add(Body(extended));
        }
        while (reader.Peek == '(');
        var values = new List<ResponseValue> { ResponseValue.List(parts), Behind(() => reader.String()) };
        if (extended && reader.TryRead(" "))
        {
            values.Add(Parameters());
            CommonExtension(values);
        }

        return ResponseValue.List(values);
    }

    // body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
    private ResponseValue OnePart(bool extended)
    {
        string type = Upper(reader.String());
        ResponseValue subtype = Behind(() => reader.String());
        var values = new List<ResponseValue> { ResponseValue.Of(ValueKind.String, type), subtype };
        values.AddRange([Behind(Parameters), Behind(reader.NString), Behind(reader.NString), Behind(() => reader.String()), Behind(reader.Number64)]);
        // RFC 3501 §9 knows RFC822 only, RFC 9051 §9 GLOBAL as well.
        if (type == "MESSAGE" && (Upper(subtype) == "RFC822" || (reader.IsUtf8 && Upper(subtype) == "GLOBAL")))
        {
            values.AddRange([Behind(Envelope), Behind(() => Body(extended)), Behind(reader.Number64)]);
        }
        else if (type == "TEXT")
        {
            values.Add(Behind(reader.Number64));
        }

        if (extended && reader.TryRead(" "))
        {
            values.Add(reader.NString());
            CommonExtension(values);
        }

        return ResponseValue.List(values);
    }

    private static string Upper(ResponseValue value) => value.Text.ToUpperInvariant();

    // [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc]]]
    private void CommonExtension(List<ResponseValue> values)
    {
        Func<ResponseValue>[] fields = [Disposition, Languages, reader.NString];
        foreach (Func<ResponseValue> field in fields)
        {
            if (!reader.TryRead(" "))
            {
                return;
            }

            values.Add(field());
        }
    }

    private ResponseValue Disposition()
    {
        if (reader.TryRead("NIL"))
        {
            return ResponseValue.Nil;
        }

        reader.Read("(");
        ResponseValue type = reader.String();
        ResponseValue parameters = Behind(Parameters);
        reader.Read(")");
        return ResponseValue.List([type, parameters]);
    }

    private ResponseValue Languages() => reader.Peek == '(' ? reader.List(() => reader.String(), mayBeEmpty: false) : reader.NString();

    // body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
    private ResponseValue Parameters()
    {
        if (reader.TryRead("NIL"))
        {
            return ResponseValue.Nil;
        }

        ResponseValue all = reader.List(() => reader.String(), mayBeEmpty: false);
        return all.Items.Count % 2 == 0 ? all : throw reader.Expected("a value for each parameter before");
    }

    private ResponseValue Behind(Func<ResponseValue> read)
    {
        reader.Sp();
        return read();
    }
}
