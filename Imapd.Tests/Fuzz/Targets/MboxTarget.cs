using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Import;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>An mbox, read message by message.</summary>
internal sealed class MboxTarget : FuzzTarget
{
    public override string Name => "mbox";

    public override IEnumerable<byte[]> Seeds =>
    [
        Latin1(
            "From MAILER-DAEMON Fri Nov 20 09:00:00 2026\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n"
            + "X-IMAP: 1000000000 0000000012 Work\nStatus: RO\n\ntext\n\n"
            + "From a@b Fri Nov 20 10:00:00 +0100 2026\nStatus: RO\nX-Status: AF\nX-Keywords: Work\n Fun\nX-UID: 3\n\n>From x\n>>From y\n\n"),
        Latin1("From a@b Fri Nov 20 10:00 GMT 2026\r\nX-IMAPbase: 1 2\r\nContent-Length: 9\r\n\r\nbody\r\n\r\nFrom me\r\n"),
    ];

    public override IReadOnlyList<string> Dictionary =>
    [
        "From ", ">From ", "\n\n", "\r\n", "From a Fri Nov 20 10:00:00 2026\n", "Status: ", "X-Status: ", "X-Keywords: ", "X-UID: ", "X-IMAP: ",
        "X-IMAPbase: ", "4294967295", " DST ", "+0000", "*mbx*\r\n",
    ];

    public override object? Exercise(byte[] input)
    {
        var found = new List<string>();
        foreach (MboxQuoting quoting in Enum.GetValues<MboxQuoting>())
        {
            var sink = new CountingSink();
            int messages = 0;
            var flags = new HashSet<string>();
            try
            {
                var reader = new MboxReader(new MemoryStream(input), quoting);
                while (reader.TryBegin(out DateTimeOffset date))
                {
                    MboxFields fields = reader.Read(sink);
                    messages++;
                    flags.Add($"{fields.Flags} {fields.IsOld} {fields.Keywords.Count} {fields.Uid > 0} {fields.Uids is null} {fields.IsInternalData} {date.Offset}");
                }
            }
            catch (StoreException error) when (error.Error == StoreError.Cannot)
            {
                flags.Add(error.Message);
            }

            found.Add($"{Math.Min(messages, 4)} {string.Join(';', flags.Order(StringComparer.Ordinal))}");
            Require(sink.Octets <= 2L * input.Length, () => $"{input.Length} octets became {sink.Octets}");
        }

        return found;
    }

    public override string Check(byte[] input, object? result) => string.Join('|', (List<string>)result!);

    private sealed class CountingSink : IOctetSink
    {
        public long Octets { get; private set; }

        public void Write(ReadOnlySpan<byte> octets) => Octets += octets.Length;
    }
}
