using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Imapd.Storage.Maildir.Index;

/// <summary>
/// Reads the text of a UID list. Version 3: <c>3 V… N… G…</c> and then <c>uid fields :name</c>. Versions 1 and 2, also
/// Courier's: <c>1 uidvalidity uidnext</c> and then <c>uid name</c>.
/// </summary>
internal static class UidListParser
{
    /// <summary>The list, salvaged line by line when it is damaged; null when not even its UIDVALIDITY can be read.</summary>
    public static UidList? Parse(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        return end >= 0 && ParseHeader(Encoding.Latin1.GetString(text[..end]), out bool hasFields) is { } list
            ? ParseLines(list, text[(end + 1)..], hasFields)
            : null;
    }

    /// <summary>The header line alone, without the messages.</summary>
    public static UidList? ParseHeader(ReadOnlySpan<byte> line) => ParseHeader(Encoding.Latin1.GetString(line), out _);

    /// <summary>One message's line, without its line end.</summary>
    /// <param name="line">The line.</param>
    /// <param name="hasFields">Whether the list is of version 3.</param>
    /// <param name="parsed">The message, when true is returned.</param>
    public static bool TryParseLine(ReadOnlySpan<byte> line, bool hasFields, out UidLine parsed)
    {
        if (!TrySplitLine(line, hasFields, out uint uid, out ReadOnlySpan<byte> fields, out ReadOnlySpan<byte> name))
        {
            parsed = default;
            return false;
        }

        parsed = new UidLine(uid, hasFields ? Encoding.Latin1.GetString(fields) : UidLine.NoFields, Encoding.Latin1.GetString(name));
        return true;
    }

    /// <summary>The same without memory for it.</summary>
    public static bool TrySplitLine(
        ReadOnlySpan<byte> line, bool hasFields, out uint uid, out ReadOnlySpan<byte> fields, out ReadOnlySpan<byte> name)
    {
        fields = name = default;

        // The largest UID is never given: there would be no number left for UIDNEXT.
        if (!Utf8Parser.TryParse(line, out uid, out int digits) || uid is 0 or uint.MaxValue || line[0] == '+')
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[digits..];
        int colon = hasFields ? rest.IndexOf((byte)':') : 0;
        if (rest.IsEmpty || rest[0] != ' ' || colon < 0 || colon + 1 >= rest.Length || rest.Contains((byte)0))
        {
            return false;
        }

        fields = rest[..colon];
        name = rest[(colon + 1)..];
        return true;
    }

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdef");

    private static UidList ParseLines(UidList list, ReadOnlySpan<byte> text, bool hasFields)
    {
        int lost = 0;
        bool isAscending = true;
        uint before = 0;
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');

            // A line without its end was cut off while it was written, or is being written now by Dovecot, which does
            // not know our lock: whoever reads under the dotlock knows which.
            if (end < 0 || !TryParseLine(text[..end], hasFields, out UidLine line))
            {
                lost++;
            }
            else
            {
                isAscending &= line.Uid > before;
                before = line.Uid;
                list.Lines.Add(line);
            }

            text = end < 0 ? default : text[(end + 1)..];
        }

        if (lost > 0 || !isAscending)
        {
            list.Salvage(lost);
        }
        else if (before >= list.NextUid)
        {
            list.NextUid = before + 1;
        }

        return list;
    }

    private static UidList? ParseHeader(string header, out bool hasFields)
    {
        string[] fields = header.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        hasFields = fields.Length > 0 && fields[0] == "3";
        if (!hasFields)
        {
            return fields.Length >= 3 && fields[0] is "1" or "2"
                && TryNumber(fields[1], out uint oldValidity) && TryNumber(fields[2], out uint oldNext)
                ? new UidList { UidValidity = oldValidity, NextUid = oldNext, Lines = [] }
                : null;
        }

        uint validity = 0;
        uint next = 0;
        string? id = null;
        var others = new List<string>();
        foreach (string field in fields.AsSpan(1))
        {
            switch (field[0])
            {
                case 'V' when TryNumber(field.AsSpan(1), out uint value):
                    validity = value;
                    break;
                case 'N' when TryNumber(field.AsSpan(1), out uint value):
                    next = value;
                    break;
                case 'G' when field.Length == 33 && field.AsSpan(1).IndexOfAnyExcept(HexDigits) < 0:
                    id = field[1..];
                    break;
                default:
                    others.Add(field);
                    break;
            }
        }

        if (validity == 0)
        {
            return null;
        }

        var list = new UidList
        {
            UidValidity = validity,
            NextUid = Math.Max(next, 1),
            MailboxId = id,
            Lines = [],
            CanGrow = id is not null && next > 0,
        };
        list.OtherFields.AddRange(others);
        return list;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out uint number) =>
        uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
