using System.Text;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Mime;

/// <summary>Writes ENVELOPE (RFC 9051 §7.5.2).</summary>
public static class Envelope
{
    private const int From = 2;
    private const int Bcc = 7;

    // In the order they are sent.
    private static readonly string[] Names =
        ["Date", "Subject", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "In-Reply-To", "Message-ID"];

    /// <summary>
    /// Writes the envelope of a message. Texts are unfolded and otherwise as in the header. Of a text that is there twice
    /// the last counts; lists of addresses are joined, so that nobody is hidden from one reader and shown to another.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="header">The message's header block, in wire form.</param>
    public static void Write(ResponseWriter writer, ReadOnlyMemory<byte> header)
    {
        ArgumentNullException.ThrowIfNull(writer);
        List<ReadOnlyMemory<byte>>?[] fields = Collect(header);
        int budget = MimeLimits.Default.MaxAddresses;
        for (int at = 0; at < Names.Length; at++)
        {
            writer.Raw(at == 0 ? "("u8 : " "u8);
            if (at is >= From and <= Bcc)
            {
                bool hasDefault = at is From + 1 or From + 2;
                if (!TryWriteAddresses(writer, fields[at], ref budget)
                    && !(hasDefault && TryWriteAddresses(writer, fields[From], ref budget)))
                {
                    writer.NString(null);
                }
            }
            else if (fields[at] is { } texts)
            {
                writer.String(HeaderFields.Unfold(texts[^1].Span));
            }
            else
            {
                writer.NString(null);
            }
        }

        writer.Raw(")"u8);
    }

    private static List<ReadOnlyMemory<byte>>?[] Collect(ReadOnlyMemory<byte> header)
    {
        var fields = new List<ReadOnlyMemory<byte>>?[Names.Length];
        foreach ((ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value) in HeaderFields.Enumerate(header))
        {
            for (int at = 0; at < Names.Length; at++)
            {
                if (Ascii.EqualsIgnoreCase(name.Span, Names[at]))
                {
                    (fields[at] ??= []).Add(value);
                    break;
                }
            }
        }

        return fields;
    }

    // "(" 1*address ")"; writes nothing and returns false when there is no address.
    private static bool TryWriteAddresses(ResponseWriter writer, List<ReadOnlyMemory<byte>>? values, ref int budget)
    {
        bool any = false;
        foreach (ReadOnlyMemory<byte> value in values ?? [])
        {
            var reader = new AddressReader(value.Span);
            while (budget > 0 && reader.TryRead(out Address address))
            {
                budget--;
                writer.Raw(any ? ""u8 : "("u8);
                any = true;
                WriteAddress(writer, address);
            }

            if (reader.IsInGroup)
            {
                WriteAddress(writer, default);
            }
        }

        writer.Raw(any ? ")"u8 : ""u8);
        return any;
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
