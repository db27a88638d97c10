using System.Globalization;

namespace Imapd.Protocol.Values;

/// <summary>A message's place among those the client has been told of, from 1 (RFC 9051 §2.3.1.2).</summary>
/// <param name="Value">The number; 0 never names a message.</param>
public readonly record struct SeqNum(uint Value) : IComparable<SeqNum>
{
    /// <inheritdoc />
    public int CompareTo(SeqNum other) => Value.CompareTo(other.Value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether the left one stands before.</summary>
    public static bool operator <(SeqNum left, SeqNum right) => left.Value < right.Value;

    /// <summary>Whether the left one stands after.</summary>
    public static bool operator >(SeqNum left, SeqNum right) => left.Value > right.Value;

    /// <summary>Whether the left one is the right one or stands before.</summary>
    public static bool operator <=(SeqNum left, SeqNum right) => left.Value <= right.Value;

    /// <summary>Whether the left one is the right one or stands after.</summary>
    public static bool operator >=(SeqNum left, SeqNum right) => left.Value >= right.Value;
}
