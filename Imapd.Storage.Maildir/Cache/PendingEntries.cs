using System.Runtime.InteropServices;
using Imapd.Protocol.Mime;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>What is to be added to the cache, gathered until it is worth a write. Bounded.</summary>
internal sealed class PendingEntries(uint seed)
{
    /// <summary>With so much it is time to write.</summary>
    public const int FullOctets = 1024 * 1024;

    private readonly List<(uint Uid, int Offset, int Octets, SentDay Sent)> _pointers = [];
    private byte[] _octets = new byte[16 * 1024];
    private int _used = SegmentHeader.HeaderOctets;
    private int _entry = -1;
    private uint _uid;
    private long _rawOctets;
    private LineEnds _lineEnds;
    private SentDay _sent;

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty => _pointers.Count == 0;

    /// <summary>Whether it is time to write.</summary>
    public bool IsFull => _used >= FullOctets;

    /// <summary>Begins anew with the memory that is there: taking a megabyte each time costs more than filling it.</summary>
    public void Clear()
    {
        _pointers.Clear();
        _used = SegmentHeader.HeaderOctets;
    }

    /// <summary>Begins an entry; the fields follow.</summary>
    public void Begin(uint uid, long rawOctets, LineEnds lineEnds)
    {
        (_uid, _rawOctets, _lineEnds, _sent) = (uid, rawOctets, lineEnds, default);
        _entry = _used;
        Reserve(CacheEntry.HeaderOctets);
        _used += CacheEntry.HeaderOctets;
    }

    /// <summary>Adds a field to the entry that was begun; one that does not fit is left out.</summary>
    public void Put(CacheKind kind, ReadOnlySpan<byte> content)
    {
        int octets = CacheEntry.FieldHeaderOctets + content.Length;
        if (octets > CacheEntry.MaxOctets - (_used - _entry))
        {
            return;
        }

        Reserve(octets);
        CacheEntry.WriteFieldHeader(_octets.AsSpan(_used), kind, content.Length);
        content.CopyTo(_octets.AsSpan(_used + CacheEntry.FieldHeaderOctets));
        _used += octets;
    }

    /// <summary>Says when the message was sent.</summary>
    public void Put(SentDay sent) => _sent = sent;

    /// <summary>Ends the entry; one without a field is dropped.</summary>
    public void End()
    {
        int octets = _used - _entry;
        if (octets == CacheEntry.HeaderOctets)
        {
            _used = _entry;
        }
        else
        {
            CacheEntry.Seal(_octets.AsSpan(_entry, octets), seed, _uid, _rawOctets, _lineEnds, _sent);
            _pointers.Add((_uid, _entry, octets, _sent));
        }
    }

    /// <summary>The whole segment as it is to be written.</summary>
    /// <param name="offset">Where in the file.</param>
    public ReadOnlySpan<byte> ToSegment(long offset)
    {
        // Of a message that is there twice the last counts.
        Span<(uint Uid, int Offset, int Octets, SentDay Sent)> pointers = CollectionsMarshal.AsSpan(_pointers);
        pointers.Sort(static (left, right) => left.Uid != right.Uid
            ? left.Uid.CompareTo(right.Uid)
            : left.Offset.CompareTo(right.Offset));
        Reserve(pointers.Length * CachePointer.Octets);
        int directory = _used;
        for (int i = 0; i < pointers.Length; i++)
        {
            if (i + 1 < pointers.Length && pointers[i + 1].Uid == pointers[i].Uid)
            {
                continue;
            }

            (uint uid, int place, int octets, SentDay sent) = pointers[i];
            CachePointer.Write(_octets.AsSpan(_used, CachePointer.Octets), seed, uid, (uint)place, octets, sent);
            _used += CachePointer.Octets;
        }

        var header = new SegmentHeader(offset, _used, offset, directory, pointers[0].Uid, pointers[^1].Uid);
        header.Write(_octets, seed);
        return _octets.AsSpan(0, _used);
    }

    private void Reserve(int octets)
    {
        if (_octets.Length - _used < octets)
        {
            Array.Resize(ref _octets, Math.Max(_used + octets, _octets.Length * 2));
        }
    }
}
