using System.Buffers.Binary;

namespace Imapd.Storage.Maildir.Read;

/// <summary>
/// How many LFs without a CR are before certain places of a large file, so that the end of it can be sent without reading the
/// beginning.
/// </summary>
/// <remarks>At most 1024 places, a mebibyte apart or more. As octets: the distance 8, then the numbers, 8 each, little-endian.</remarks>
internal sealed class LineEndMap
{
    private const long SmallestStep = 1024 * 1024;
    private const int MaxPlaces = 1024;

    private readonly long _step;
    private readonly List<long> _bareLfs;

    private LineEndMap(long step, List<long> bareLfs)
    {
        _step = step;
        _bareLfs = bareLfs;
    }

    /// <summary>Makes a map for a file of this length; null when it is too small to need one.</summary>
    public static LineEndMap? For(long rawOctets)
    {
        if (rawOctets <= SmallestStep)
        {
            return null;
        }

        long step = Math.Max(SmallestStep, rawOctets / MaxPlaces);
        return new LineEndMap((step + SmallestStep - 1) / SmallestStep * SmallestStep, []);
    }

    /// <summary>Reads one; null when the octets are none for a file of this length.</summary>
    public static LineEndMap? TryRead(ReadOnlySpan<byte> octets, long rawOctets)
    {
        if (octets.Length < 16 || octets.Length % 8 != 0 || octets.Length / 8 > MaxPlaces + 1)
        {
            return null;
        }

        long step = BinaryPrimitives.ReadInt64LittleEndian(octets);
        if (step < SmallestStep || step > rawOctets)
        {
            return null;
        }

        var bareLfs = new List<long>(octets.Length / 8);
        long before = 0;
        for (octets = octets[8..]; !octets.IsEmpty; octets = octets[8..])
        {
            long here = BinaryPrimitives.ReadInt64LittleEndian(octets);
            if (here < before || here - before > step)
            {
                return null;
            }

            bareLfs.Add(here);
            before = here;
        }

        return new LineEndMap(step, bareLfs);
    }

    /// <summary>Takes down a place when it is one of the map's; to be called for ascending places.</summary>
    public void Note(long raw, long bareLfs)
    {
        if (raw == (_bareLfs.Count + 1) * _step)
        {
            _bareLfs.Add(bareLfs);
        }
    }

    /// <summary>The last place known of that is not behind either of two.</summary>
    /// <returns>Raw place and the one on the wire; both 0 when there is none.</returns>
    public (long Raw, long Wire) Before(long raw, long wire)
    {
        for (int i = _bareLfs.Count; i > 0; i--)
        {
            long place = i * _step;
            if (place <= raw && place + _bareLfs[i - 1] <= wire)
            {
                return (place, place + _bareLfs[i - 1]);
            }
        }

        return default;
    }

    /// <summary>The map as octets.</summary>
    public byte[] ToOctets()
    {
        byte[] octets = new byte[8 + (_bareLfs.Count * 8)];
        BinaryPrimitives.WriteInt64LittleEndian(octets, _step);
        for (int i = 0; i < _bareLfs.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(octets.AsSpan(8 + (i * 8)), _bareLfs[i]);
        }

        return octets;
    }
}
