using System.Globalization;

namespace Imapd.Protocol.Values;

/// <summary>The value that with a mailbox's name and a UID names a message for ever (RFC 9051 §2.3.1.1).</summary>
/// <param name="Value">From 1.</param>
public readonly record struct UidValidity(uint Value)
{
    /// <inheritdoc />
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
