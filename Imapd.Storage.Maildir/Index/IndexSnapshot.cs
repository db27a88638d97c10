using System.Buffers.Binary;
using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Index;

/// <summary>Messages as they were when the index was last written whole: rows sorted by UID. Immutable.</summary>
/// <remarks>
/// Everything that reads a row may throw <see cref="StoreException"/> with <see cref="StoreError.Corruption"/>: a block of a
/// large index is checked when it is first touched.
/// </remarks>
internal sealed unsafe class IndexSnapshot
{
    private readonly IndexBody _body;

    /// <summary>A snapshot whose body is there.</summary>
    public IndexSnapshot(IndexHeader header, IndexBody body)
    {
        Header = header;
        Count = (int)header.Rows;
        _body = body;
    }

    /// <summary>What it is of.</summary>
    public IndexHeader Header { get; }

    /// <summary>How many rows there are.</summary>
    public int Count { get; }

    /// <summary>How many messages are remembered as gone.</summary>
    public int ExpungedCount => (int)Header.Expunged;

    /// <summary>Whether something in it turned out to be wrong.</summary>
    public bool IsDamaged => _body.IsDamaged;

    /// <summary>Whether it still reads from its file, which must stay open for it.</summary>
    public bool NeedsFile => _body.NeedsFile;

    /// <summary>Whether it is gone or another when its file is cut short or written over.</summary>
    public bool IsMapped => _body.IsMapped;

    /// <summary>A snapshot without messages, in no file.</summary>
    public static IndexSnapshot Empty(uint uidValidity, string mailboxId, ulong expungedFloor) => new(
        new IndexHeader(uidValidity, mailboxId, 0, 0, 0, expungedFloor, 0, new IndexSummary
        {
            HighestModSeq = expungedFloor,
            NextUid = 1,
            FirstUnseenHint = uint.MaxValue,
        }),
        IndexBody.OfNothing(0));

    /// <summary>The UID of a row.</summary>
    public uint Uid(int row)
    {
        uint uid = At(row)->Uid;
        GC.KeepAlive(_body);
        return uid;
    }

    /// <summary>The mod-sequence of a row.</summary>
    public ulong ModSeq(int row)
    {
        ulong modSeq = At(row)->ModSeq;
        GC.KeepAlive(_body);
        return modSeq;
    }

    /// <summary>The system flags and keyword letters of a row.</summary>
    public SystemFlags Flags(int row, out uint letters)
    {
        IndexRecord* record = At(row);
        letters = record->Letters;
        SystemFlags flags = record->Flags;
        GC.KeepAlive(_body);
        return flags;
    }

    /// <summary>A row.</summary>
    public IndexRecord Row(int row)
    {
        IndexRecord record = *At(row);
        GC.KeepAlive(_body);
        return record;
    }

    /// <summary>A row's file name, octets.</summary>
    public string Name(int row)
    {
        string name = Encoding.Latin1.GetString(NameOf(row));
        GC.KeepAlive(_body);
        return name;
    }

    /// <summary>Copies a row's file name.</summary>
    /// <param name="row">The row.</param>
    /// <param name="to">Where to; room for the longest name.</param>
    /// <returns>How long it is.</returns>
    public int CopyName(int row, Span<byte> to)
    {
        ReadOnlySpan<byte> name = NameOf(row);
        if (name.Length > to.Length)
        {
            throw _body.Damaged();
        }

        name.CopyTo(to);
        GC.KeepAlive(_body);
        return name.Length;
    }

    /// <summary>Copies a row's file name with other flags and letters.</summary>
    /// <returns>How long it is.</returns>
    public int CopyName(int row, SystemFlags flags, uint letters, Span<byte> to)
    {
        int octets = MessageName.WithFlags(NameOf(row), flags, letters, to);
        GC.KeepAlive(_body);
        return octets <= to.Length ? octets : throw _body.Damaged();
    }

    /// <summary>The length of a row's file name with other flags and letters.</summary>
    public int NameOctets(int row, SystemFlags flags, uint letters)
    {
        int octets = MessageName.WithFlags(NameOf(row), flags, letters, default);
        GC.KeepAlive(_body);
        return octets;
    }

    /// <summary>The row of a UID; when there is none, the complement of the row of the first larger one.</summary>
    public int Find(uint uid)
    {
        int low = 0;
        int high = Count - 1;
        if (Count > 0 && Uid(0) is var first && uid > first)
        {
            // UIDs are all different, so a row cannot be further from the first than its UID is.
            // Where none is missing in between it is just there.
            high = (int)Math.Min((uint)high, uid - first);
            if (Uid(high) == uid)
            {
                return high;
            }
        }

        while (low <= high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            uint at = Uid(middle);
            if (at == uid)
            {
                return middle;
            }

            if (at < uid)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    /// <summary>The row of a message by its file's name, whatever flags that bears; -1 when there is none.</summary>
    /// <remarks>It costs a search in a sorted part of the file, whatever the number of rows.</remarks>
    public int FindName(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> basePart = NameOrder.Base(name);
        ulong wanted = NameOrder.Entry(basePart, 0);
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            (low, high) = OrderAt(middle) < wanted ? (middle + 1, high) : (low, middle);
        }

        int found = -1;
        for (; low < Count && OrderAt(low) is var entry && NameOrder.HashOf(entry) == NameOrder.HashOf(wanted); low++)
        {
            uint row = NameOrder.RowOf(entry);
            if (row >= (uint)Count)
            {
                throw _body.Damaged();
            }

            found = NameOrder.Base(NameOf((int)row)).SequenceEqual(basePart) ? (int)row : found;
        }

        GC.KeepAlive(_body);
        return found;
    }

    /// <summary>A message that is gone, by its place among them: the first one first.</summary>
    public (uint Uid, ulong ModSeq) Expunged(int place)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)place, Header.Expunged);
        long offset = Header.ExpungedAt + ((long)place * IndexHeader.ExpungedOctets);
        _body.Need(offset, IndexHeader.ExpungedOctets);
        var octets = new ReadOnlySpan<byte>(_body.Address + offset, IndexHeader.ExpungedOctets);
        (uint Uid, ulong ModSeq) gone =
            (BinaryPrimitives.ReadUInt32LittleEndian(octets), BinaryPrimitives.ReadUInt64LittleEndian(octets[sizeof(uint)..]));
        GC.KeepAlive(_body);
        return gone;
    }

    private ulong OrderAt(int at)
    {
        long offset = Header.NameOrderAt + ((long)at * NameOrder.EntryOctets);
        _body.Need(offset, NameOrder.EntryOctets);
        return BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(_body.Address + offset, NameOrder.EntryOctets));
    }

    private IndexRecord* At(int row)
    {
        if ((uint)row >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(row));
        }

        _body.NeedRow(row);
        return (IndexRecord*)_body.Address + row;
    }

    private ReadOnlySpan<byte> NameOf(int row)
    {
        IndexRecord* record = At(row);
        ulong offset = record->NameOffset;
        int octets = record->NameOctets;
        if (offset > (ulong)Header.NamesOctets || (long)offset > Header.NamesOctets - octets)
        {
            throw _body.Damaged();
        }

        long at = Header.NamesAt + (long)offset;
        _body.Need(at, octets);
        return new ReadOnlySpan<byte>(_body.Address + at, octets);
    }
}
