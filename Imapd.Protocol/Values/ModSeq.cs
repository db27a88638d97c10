using System.Globalization;

namespace Imapd.Protocol.Values;

/// <summary>A mailbox's change counter, 63 bits, never going back (RFC 7162 §3.1).</summary>
/// <param name="Value">The number; 0 stands before every change.</param>
public readonly record struct ModSeq(ulong Value) : IComparable<ModSeq>
{
    /// <inheritdoc />
    public int CompareTo(ModSeq other) => Value.CompareTo(other.Value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether the left change came earlier.</summary>
    public static bool operator <(ModSeq left, ModSeq right) => left.Value < right.Value;

    /// <summary>Whether the left change came later.</summary>
    public static bool operator >(ModSeq left, ModSeq right) => left.Value > right.Value;

    /// <summary>Whether the left change is the right one or came earlier.</summary>
    public static bool operator <=(ModSeq left, ModSeq right) => left.Value <= right.Value;

    /// <summary>Whether the left change is the right one or came later.</summary>
    public static bool operator >=(ModSeq left, ModSeq right) => left.Value >= right.Value;
}
