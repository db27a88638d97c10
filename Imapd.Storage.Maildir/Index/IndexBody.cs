using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Index;

/// <summary>
/// Records, names and messages that are gone, in memory: a snapshot's file mapped, or read block by block where a mapping
/// is unsafe, or made here. Each block is checked before anything in it is believed.
/// </summary>
/// <remarks>
/// Whoever reads through <see cref="Address"/> first says what with <see cref="Need"/>, keeps within <see cref="Octets"/>, and
/// keeps this object alive until the read is done.
/// </remarks>
internal sealed unsafe class IndexBody
{
    /// <summary>A body up to this length is checked, or read, whole when it is opened.</summary>
    public const long EagerOctets = 2 << 20;

    /// <summary>
    /// A body up to this length is read and not mapped: it costs little, and what another program does to the file meanwhile
    /// does not matter.
    /// </summary>
    private const long ReadOctets = 256 << 10;

    private const int BlockShift = 16;

    private readonly MappedMemory? _memory;
    private readonly FileHandle? _file;
    private readonly uint[] _checksums;
    private readonly bool[] _isReady;
    private readonly long _rowsOctets;

    private IndexBody(MappedMemory? memory, long offset, long octets, long rowsOctets, uint[] checksums, FileHandle? file)
    {
        _memory = memory;
        Address = memory is null ? null : memory.Address + offset;
        Octets = octets;
        _rowsOctets = rowsOctets;
        _checksums = checksums;
        _file = file;
        _isReady = new bool[(octets + IndexHeader.BlockOctets - 1) >> BlockShift];
    }

    /// <summary>Where it begins in memory.</summary>
    public byte* Address { get; }

    /// <summary>How long it is.</summary>
    public long Octets { get; }

    /// <summary>Whether it is gone or another when the file is cut short or written over.</summary>
    public bool IsMapped { get; private init; }

    /// <summary>Whether something in it turned out to be wrong.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Whether it still reads from its file, which must stay open for it.</summary>
    public bool NeedsFile => _file is not null && Octets > EagerOctets;

    /// <summary>The body of a snapshot in a file.</summary>
    /// <param name="file">The file. Of a remote one the body keeps it, and it stays open as long as the body is used.</param>
    /// <param name="header">Its header, checked against the file's length.</param>
    /// <param name="isRemote">Whether the file must not be mapped.</param>
    /// <exception cref="StoreException"><see cref="StoreError.Corruption"/>: the checksums do not fit.</exception>
    public static IndexBody OfFile(FileHandle file, IndexHeader header, bool isRemote)
    {
        uint[] checksums = ReadChecksums(file, header);
        bool isRead = isRemote || header.BodyOctets <= ReadOctets;
        MappedMemory? memory = header.BodyOctets == 0 ? null
            : isRead ? MappedMemory.OfNothing(header.BodyOctets)
            : MappedMemory.OfFile(file, IndexHeader.Octets + header.BodyOctets);
        int offset = isRead ? 0 : IndexHeader.Octets;
        var body = new IndexBody(memory, offset, header.BodyOctets, header.NamesAt, checksums, isRead ? file : null) { IsMapped = !isRead };
        if (body.Octets <= EagerOctets)
        {
            body.Need(0, body.Octets);
        }

        return body;
    }

    /// <summary>A body of this process's own, to be filled before it is read.</summary>
    public static IndexBody OfNothing(long octets)
    {
        var body = new IndexBody(octets == 0 ? null : MappedMemory.OfNothing(octets), 0, octets, 0, [], null);
        body._isReady.AsSpan().Fill(true);
        return body;
    }

    /// <summary>Makes sure that a record can be believed.</summary>
    /// <param name="row">Which; the caller has made sure that there is one.</param>
    public void NeedRow(int row)
    {
        int block = row >> (BlockShift - 6);
        if (!_isReady[block])
        {
            Prepare(block);
        }
    }

    /// <summary>Makes sure that octets can be believed.</summary>
    public void Need(long offset, long octets)
    {
        if (offset < 0 || octets < 0 || offset > Octets - octets)
        {
            throw Damaged();
        }

        for (long block = offset >> BlockShift; block << BlockShift < offset + octets; block++)
        {
            if (!_isReady[block])
            {
                Prepare((int)block);
            }
        }
    }

    /// <summary>Remembers that something is wrong, so that the index is made anew at the next look.</summary>
    /// <returns>What the client is told.</returns>
    public StoreException Damaged()
    {
        IsDamaged = true;
        return new StoreException(StoreError.Corruption, "The mailbox's index is damaged and is made anew: repeat the command");
    }

    private void Prepare(int block)
    {
        long offset = (long)block << BlockShift;
        var octets = new Span<byte>(Address + offset, (int)Math.Min(IndexHeader.BlockOctets, Octets - offset));
        try
        {
            if (_file is not null && _file.Read(IndexHeader.Octets + offset, octets) != octets.Length)
            {
                throw Damaged();
            }
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }

        if (Checksum.Of(octets) != _checksums[block] || !IsAscending(octets, _rowsOctets - offset))
        {
            throw Damaged();
        }

        _isReady[block] = true;
        GC.KeepAlive(_memory);
    }

    // The checksum would not notice what was written wrongly in the first place; a search relies on the order.
    private static bool IsAscending(ReadOnlySpan<byte> block, long rowsOctets)
    {
        ReadOnlySpan<IndexRecord> rows =
            MemoryMarshal.Cast<byte, IndexRecord>(block[..(int)Math.Clamp(rowsOctets, 0, block.Length)]);
        uint last = 0;
        foreach (ref readonly IndexRecord row in rows)
        {
            if (row.Uid <= last)
            {
                return false;
            }

            last = row.Uid;
        }

        return true;
    }

    private static uint[] ReadChecksums(FileHandle file, IndexHeader header)
    {
        byte[] octets = new byte[header.Blocks * sizeof(uint)];
        if (file.Read(header.ChecksumsAt, octets) != octets.Length || Checksum.Of(octets) != header.BlocksChecksum)
        {
            throw new StoreException(StoreError.Corruption, "The index's checksums are damaged");
        }

        uint[] checksums = new uint[header.Blocks];
        for (int i = 0; i < checksums.Length; i++)
        {
            checksums[i] = BinaryPrimitives.ReadUInt32LittleEndian(octets.AsSpan(i * sizeof(uint)));
        }

        return checksums;
    }
}
