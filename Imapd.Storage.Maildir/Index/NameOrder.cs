using System.Buffers.Binary;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Index;

/// <summary>
/// The part of a snapshot by which a message is found by its file's name: for each row a hash of the base name and the row's
/// number, sorted by both.
/// </summary>
/// <remarks>
/// The hash is a checksum, for which whoever names files can find names that share one: a search among those costs a look at
/// each, no more than a walk over all names.
/// </remarks>
internal static class NameOrder
{
    /// <summary>The length of an entry: hash above, row below, little-endian.</summary>
    public const int EntryOctets = sizeof(ulong);

    /// <summary>The part of a name that says which message it is.</summary>
    public static ReadOnlySpan<byte> Base(ReadOnlySpan<byte> name)
    {
        int colon = name.IndexOf((byte)':');
        return colon < 0 ? name : name[..colon];
    }

    /// <summary>The entry of a row.</summary>
    /// <param name="name">The row's file name; flags in it do not matter.</param>
    /// <param name="row">The row.</param>
    public static ulong Entry(ReadOnlySpan<byte> name, int row) => ((ulong)Checksum.Of(Base(name)) << 32) | (uint)row;

    /// <summary>The hash in an entry.</summary>
    public static uint HashOf(ulong entry) => (uint)(entry >> 32);

    /// <summary>The row in an entry.</summary>
    public static uint RowOf(ulong entry) => (uint)entry;

    /// <summary>Sorts entries and brings them into the form in which they are written.</summary>
    public static void Sort(NativeList<ulong> entries)
    {
        Span<ulong> all = entries.All();
        all.Sort();
        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(all, all);
        }
    }
}
