using System.Buffers;
using Imapd.Protocol.Wire;

namespace Imapd.Worker.Fetch;

/// <summary>Keeps what is written, up to a limit; what becomes larger is not kept at all.</summary>
/// <param name="maxOctets">The limit.</param>
internal sealed class CaptureSink(int maxOctets) : IOctetSink
{
    private readonly ArrayBufferWriter<byte> _kept = new();

    /// <summary>Whether all that was written is here.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>What was written; good until the next <see cref="Reset"/>.</summary>
    public ReadOnlyMemory<byte> Octets => _kept.WrittenMemory;

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        _kept.ResetWrittenCount();
        IsWhole = true;
    }

    /// <inheritdoc />
    public void Write(ReadOnlySpan<byte> octets)
    {
        IsWhole &= octets.Length <= maxOctets - _kept.WrittenCount;
        if (IsWhole)
        {
            _kept.Write(octets);
        }
    }
}
