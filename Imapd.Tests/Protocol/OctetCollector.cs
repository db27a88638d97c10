using System.Text;
using Imapd.Protocol.Wire;

namespace Imapd.Tests.Protocol;

/// <summary>Keeps what is written, and how many writes it was.</summary>
internal sealed class OctetCollector : IOctetSink
{
    private readonly List<byte> _octets = [];

    public int Writes { get; private set; }

    public byte[] Octets => [.. _octets];

    public string Text => Encoding.UTF8.GetString(Octets);

    public void Write(ReadOnlySpan<byte> octets)
    {
        Writes++;
        _octets.AddRange(octets);
    }

    public static byte[] Written(Action<ResponseWriter> write, bool utf8 = false)
    {
        var collector = new OctetCollector();
        var writer = new ResponseWriter(collector) { Utf8 = utf8 };
        write(writer);
        writer.Flush();
        return collector.Octets;
    }

    public static string WrittenText(Action<ResponseWriter> write, bool utf8 = false) =>
        Encoding.UTF8.GetString(Written(write, utf8));
}
