using System.Text;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Mime;

/// <summary>Writes ENVELOPE (RFC 9051 §7.5.2).</summary>
public static class Envelope
{
    private const int From = 2;
    private const int Bcc = 7;

    // Sender and Reply-To are mostly those of From; more of them are read again.
    private const int KeptSenders = 8;

    // In the order they are sent.
    private static readonly byte[][] Names =
    [
        "Date"u8.ToArray(), "Subject"u8.ToArray(), "From"u8.ToArray(), "Sender"u8.ToArray(), "Reply-To"u8.ToArray(),
        "To"u8.ToArray(), "Cc"u8.ToArray(), "Bcc"u8.ToArray(), "In-Reply-To"u8.ToArray(), "Message-ID"u8.ToArray(),
    ];

    /// <summary>
    /// Writes the envelope of a message. Texts are unfolded and otherwise as in the header. Of a text that is there twice
    /// the last counts; lists of addresses are joined, so that nobody is hidden from one reader and shown to another.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="header">The message's header block, in wire form.</param>
    public static void Write(ResponseWriter writer, ReadOnlyMemory<byte> header)
    {
        ArgumentNullException.ThrowIfNull(writer);
        List<(int At, ReadOnlyMemory<byte> Value)> fields = Collect(header);
        int budget = MimeLimits.Default.MaxAddresses;
        var senders = new List<Address>();
        int from = 0;
        for (int at = 0; at < Names.Length; at++)
        {
            writer.Raw(at == 0 ? "("u8 : " "u8);
            if (at is < From or > Bcc)
            {
                WriteText(writer, fields, at);
                continue;
            }

            int written = WriteAddresses(writer, fields, at, ref budget, at == From ? senders : null);
            from = at == From ? written : from;
            if (written == 0 && from > 0 && at is From + 1 or From + 2)
            {
                written = from == senders.Count && from <= budget
                    ? WriteAddresses(writer, senders, ref budget)
                    : WriteAddresses(writer, fields, From, ref budget, null);
            }

            if (written == 0)
            {
                writer.NString(null);
            }
        }

        writer.Raw(")"u8);
    }

    private static List<(int At, ReadOnlyMemory<byte> Value)> Collect(ReadOnlyMemory<byte> header)
    {
        var fields = new List<(int At, ReadOnlyMemory<byte> Value)>(Names.Length);
        var reader = new HeaderFieldReader(header.Span);
        for (int start = 0; reader.MoveNext(); start += reader.Whole.Length)
        {
            int at = reader.IsField ? Find(reader.Name) : -1;
            if (at >= 0)
            {
                fields.Add((at, header.Slice(start + reader.ValuePlace, reader.Value.Length)));
            }
        }

        return fields;
    }

    private static int Find(ReadOnlySpan<byte> name)
    {
        for (int at = 0; at < Names.Length; at++)
        {
            if (Names[at].Length == name.Length && Ascii.EqualsIgnoreCase(Names[at], name))
            {
                return at;
            }
        }

        return -1;
    }

    private static void WriteText(ResponseWriter writer, List<(int At, ReadOnlyMemory<byte> Value)> fields, int at)
    {
        for (int i = fields.Count - 1; i >= 0; i--)
        {
            if (fields[i].At == at)
            {
                writer.String(HeaderFields.Unfold(fields[i].Value.Span));
                return;
            }
        }

        writer.NString(null);
    }

    // "(" 1*address ")", or nothing; returns how many. The end of a group is one too.
    private static int WriteAddresses(
        ResponseWriter writer, List<(int At, ReadOnlyMemory<byte> Value)> fields, int at, ref int budget, List<Address>? kept)
    {
        int written = 0;
        foreach ((int found, ReadOnlyMemory<byte> value) in fields)
        {
            if (found != at)
            {
                continue;
            }

            var reader = new AddressReader(value.Span);
            while (budget > 0 && reader.TryRead(out Address address))
            {
                budget--;
                WriteOne(address);
            }

            if (reader.IsInGroup)
            {
                WriteOne(default);
            }
        }

        writer.Raw(written > 0 ? ")"u8 : ""u8);
        return written;

        void WriteOne(Address address)
        {
            writer.Raw(written++ == 0 ? "("u8 : ""u8);
            WriteAddress(writer, address);
            if (kept?.Count < KeptSenders)
            {
                kept.Add(address);
            }
        }
    }

    private static int WriteAddresses(ResponseWriter writer, List<Address> addresses, ref int budget)
    {
        writer.Raw("("u8);
        foreach (Address address in addresses)
        {
            WriteAddress(writer, address);
        }

        writer.Raw(")"u8);
        budget -= addresses.Count;
        return addresses.Count;
    }

    // address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
    private static void WriteAddress(ResponseWriter writer, Address address)
    {
        writer.Raw("("u8);
        WriteNString(writer, address.Name).Sp();
        WriteNString(writer, address.Route).Sp();
        WriteNString(writer, address.Mailbox).Sp();
        WriteNString(writer, address.Host).Raw(")"u8);
    }

    private static ResponseWriter WriteNString(ResponseWriter writer, byte[]? octets) =>
        octets is null ? writer.NString(null) : writer.String(octets);
}
