using System.Text;
using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Index;

/// <summary>A record that is not the snapshot's, and how its file's name is found.</summary>
/// <param name="Row">The row it stands for; -1 for a message that is not in the snapshot.</param>
/// <param name="Record">The record.</param>
/// <param name="Name">The file's name; null when the snapshot has it, as it is or with other flags.</param>
/// <param name="IsRenamed">Without a name: whether it is the snapshot's with the record's flags.</param>
internal readonly record struct IndexEntry(int Row, IndexRecord Record, string? Name, bool IsRenamed);

/// <summary>What is different from a snapshot. Immutable; everything in it is sorted by UID.</summary>
/// <param name="Removed">Rows that are gone.</param>
/// <param name="ChangedRows">Rows that are others now.</param>
/// <param name="Changed">What they are now.</param>
/// <param name="Added">Messages with larger UIDs than the snapshot has.</param>
/// <param name="Expunged">Messages that went since the snapshot, in the order in which they went.</param>
internal sealed record IndexOverlay(
    int[] Removed, int[] ChangedRows, IndexEntry[] Changed, IndexEntry[] Added, (uint Uid, ulong ModSeq)[] Expunged)
{
    /// <summary>Nothing is different.</summary>
    public static IndexOverlay Empty { get; } = new([], [], [], [], []);

    /// <summary>How much is different.</summary>
    public int Count => Removed.Length + Changed.Length + Added.Length;

    /// <summary>The place among <see cref="Added"/> of a UID; the complement of the next larger one's when it is not there.</summary>
    public int FindAdded(uint uid)
    {
        int low = 0;
        int high = Added.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            uint at = Added[middle].Record.Uid;
            if (at == uid)
            {
                return middle;
            }

            (low, high) = at < uid ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    /// <summary>Copies the name of an entry's file.</summary>
    /// <returns>How long it is.</returns>
    public static int CopyNameOf(IndexSnapshot snapshot, in IndexEntry entry, Span<byte> to) =>
        entry.Name is not null ? Encoding.Latin1.GetBytes(entry.Name, to)
        : entry.IsRenamed ? snapshot.CopyName(entry.Row, entry.Record.Flags, entry.Record.Letters, to)
        : snapshot.CopyName(entry.Row, to);

    /// <summary>The length of the name of an entry's file.</summary>
    public static int NameOctetsOf(IndexSnapshot snapshot, in IndexEntry entry) =>
        entry.Name is not null ? entry.Name.Length
        : entry.IsRenamed ? snapshot.NameOctets(entry.Row, entry.Record.Flags, entry.Record.Letters)
        : entry.Record.NameOctets;

    /// <summary>The name of an entry's file.</summary>
    public static string NameOf(IndexSnapshot snapshot, in IndexEntry entry)
    {
        if (entry.Name is not null)
        {
            return entry.Name;
        }

        string name = snapshot.Name(entry.Row);
        return entry.IsRenamed ? MessageName.WithFlags(name, entry.Record.Flags, entry.Record.Letters) : name;
    }
}
