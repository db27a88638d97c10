using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Index;

/// <summary>Writes the messages of a view as a snapshot: into a file, or into memory of this process.</summary>
internal sealed unsafe class SnapshotWriter
{
    /// <summary>How many messages are remembered as gone. Who was away for longer looks at the whole mailbox again.</summary>
    public const int MaxExpunged = 65_536;

    private const int MaxNameOctets = ushort.MaxValue;

    private readonly ISnapshotRows _view;
    private readonly FileHandle? _file;
    private readonly IndexBody? _memory;
    private readonly List<uint> _checksums = [];
    private byte[] _block = [];
    private int _filled;
    private long _written;
    private IndexSummary _summary;

    private SnapshotWriter(ISnapshotRows view, FileHandle? file, IndexBody? memory)
    {
        _view = view;
        _file = file;
        _memory = memory;
        _summary = view.Summary with { FirstUnseenHint = uint.MaxValue };
    }

    /// <summary>Writes an empty file full.</summary>
    /// <returns>Its header.</returns>
    /// <exception cref="UnixException">It could not be written.</exception>
    /// <exception cref="StoreException"><see cref="StoreError.Corruption"/>: the view cannot be read.</exception>
    public static IndexHeader ToFile(ISnapshotRows view, FileHandle file)
    {
        IndexHeader header = HeaderOf(view);
        var writer = new SnapshotWriter(view, file, null);
        writer.WriteBody();
        return writer.WriteEnds(header);
    }

    /// <summary>Makes a snapshot in memory, for a mailbox whose index cannot be written.</summary>
    public static IndexSnapshot ToMemory(ISnapshotRows view)
    {
        IndexHeader header = HeaderOf(view);
        IndexBody body = IndexBody.OfNothing(header.BodyOctets);
        var writer = new SnapshotWriter(view, null, body);
        writer.WriteBody();
        return new IndexSnapshot(header with { Summary = writer._summary }, body);
    }

    private static IndexHeader HeaderOf(ISnapshotRows view)
    {
        long names = 0;
        for (int place = 0; place < view.Count; place++)
        {
            names += view.NameOctetsAt(place);
        }

        int expunged = Math.Min(view.ExpungedCount, MaxExpunged);
        int forgotten = view.ExpungedCount - expunged;
        ulong floor = forgotten == 0 ? view.ExpungedFloor : view.ExpungedAt(forgotten - 1).ModSeq;
        return new IndexHeader(
            view.Identity.UidValidity, view.Identity.MailboxId, (uint)view.Count, names, (uint)expunged, floor, 0, view.Summary);
    }

    private void WriteBody()
    {
        _block = ArrayPool<byte>.Shared.Rent(IndexHeader.BlockOctets);
        try
        {
            WriteRows();
            using NativeList<ulong> order = WriteNames();
            WriteExpunged();
            NameOrder.Sort(order);
            Put(MemoryMarshal.AsBytes(order.All()));
            EndBlock();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_block);
        }
    }

    private void WriteRows()
    {
        ulong offset = 0;
        for (int place = 0; place < _view.Count; place++)
        {
            IndexRecord record = _view.RecordAt(place);
            record.NameOffset = offset;
            record.NameOctets = (ushort)_view.NameOctetsAt(place);
            offset += record.NameOctets;
            if (record.IsUnseen && _summary.FirstUnseenHint == uint.MaxValue)
            {
                _summary = _summary with { FirstUnseenHint = record.Uid };
            }

            Put(MemoryMarshal.AsBytes(new ReadOnlySpan<IndexRecord>(in record)));
        }
    }

    /// <returns>The entries of the <see cref="NameOrder"/>, as they come.</returns>
    private NativeList<ulong> WriteNames()
    {
        var order = new NativeList<ulong>();
        try
        {
            Span<byte> buffer = new byte[MaxNameOctets];
            for (int place = 0; place < _view.Count; place++)
            {
                ReadOnlySpan<byte> name = buffer[.._view.CopyNameAt(place, buffer)];
                Put(name);
                order.Add(NameOrder.Entry(name, place));
            }

            return order;
        }
        catch
        {
            order.Dispose();
            throw;
        }
    }

    private void WriteExpunged()
    {
        Span<byte> gone = stackalloc byte[IndexHeader.ExpungedOctets];
        for (int i = Math.Max(0, _view.ExpungedCount - MaxExpunged); i < _view.ExpungedCount; i++)
        {
            (uint uid, ulong modSeq) = _view.ExpungedAt(i);
            BinaryPrimitives.WriteUInt32LittleEndian(gone, uid);
            BinaryPrimitives.WriteUInt64LittleEndian(gone[sizeof(uint)..], modSeq);
            Put(gone);
        }
    }

    private void Put(ReadOnlySpan<byte> octets)
    {
        while (octets.Length > 0)
        {
            int count = Math.Min(octets.Length, IndexHeader.BlockOctets - _filled);
            octets[..count].CopyTo(_block.AsSpan(_filled));
            octets = octets[count..];
            _filled += count;
            if (_filled == IndexHeader.BlockOctets)
            {
                EndBlock();
            }
        }
    }

    private void EndBlock()
    {
        ReadOnlySpan<byte> block = _block.AsSpan(0, _filled);
        if (_memory is not null)
        {
            block.CopyTo(new Span<byte>(_memory.Address + _written, _filled));
            GC.KeepAlive(_memory);
        }
        else if (_filled > 0)
        {
            _checksums.Add(Checksum.Of(block));
            _file!.Write(IndexHeader.Octets + _written, block);
        }

        _written += _filled;
        _filled = 0;
    }

    // The header last: until it is there, the file is no index.
    private IndexHeader WriteEnds(IndexHeader header)
    {
        byte[] ends = new byte[Math.Max(_checksums.Count * sizeof(uint), IndexHeader.Octets)];
        Span<byte> checksums = ends.AsSpan(0, _checksums.Count * sizeof(uint));
        for (int i = 0; i < _checksums.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(checksums[(i * sizeof(uint))..], _checksums[i]);
        }

        _file!.Write(header.ChecksumsAt, checksums);
        header = header with { BlocksChecksum = Checksum.Of(checksums), Summary = _summary };
        Span<byte> head = ends.AsSpan(0, IndexHeader.Octets);
        header.Write(head);
        _file.Write(0, head);
        return header;
    }
}
