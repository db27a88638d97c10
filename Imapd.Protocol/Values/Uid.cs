using System.Globalization;

namespace Imapd.Protocol.Values;

/// <summary>A message's unique identifier in its mailbox, 1 to 4294967295 (RFC 9051 §2.3.1.1).</summary>
/// <param name="Value">The number; 0 never names a message.</param>
public readonly record struct Uid(uint Value) : IComparable<Uid>
{
    /// <inheritdoc />
    public int CompareTo(Uid other) => Value.CompareTo(other.Value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether the left one was given out earlier.</summary>
    public static bool operator <(Uid left, Uid right) => left.Value < right.Value;

    /// <summary>Whether the left one was given out later.</summary>
    public static bool operator >(Uid left, Uid right) => left.Value > right.Value;

    /// <summary>Whether the left one is the right one or was given out earlier.</summary>
    public static bool operator <=(Uid left, Uid right) => left.Value <= right.Value;

    /// <summary>Whether the left one is the right one or was given out later.</summary>
    public static bool operator >=(Uid left, Uid right) => left.Value >= right.Value;
}
