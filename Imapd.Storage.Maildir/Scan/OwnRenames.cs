using System.Text;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>The names that a change of ours took away and brought: what the kernel tells of them is no news.</summary>
/// <remarks>
/// The kernel tells in the order in which things happened, so an event of ours is most often the next one that is kept here, and
/// nothing has to be looked up.
/// </remarks>
internal sealed class OwnRenames
{
    private const int FirstRoom = 1024;
    private const byte InNew = 1;
    private const byte There = 2;

    // For each name not struck out yet: what happened, its length in two octets, and the name.
    private const int HeadOctets = 3;
    private byte[] _names = [];
    private int _first;
    private int _end;

    /// <summary>Whether <c>new/</c> is another than before.</summary>
    public bool HasTouchedNew { get; private set; }

    /// <summary>Whether <c>cur/</c> is another than before.</summary>
    public bool HasTouchedCur { get; private set; }

    /// <summary>Whether files were renamed of which the index has not heard.</summary>
    public bool IsDisturbed { get; private set; }

    /// <summary>Whether nothing was touched.</summary>
    public bool IsEmpty => !HasTouchedNew && !HasTouchedCur;

    /// <summary>How many octets the names kept take.</summary>
    public int KeptOctets => _end - _first;

    /// <summary>A file was renamed.</summary>
    public void Rename(bool wasInNew, string from, bool isInNew, string to)
    {
        Note(wasInNew, from, isThere: false);
        Note(isInNew, to, isThere: true);
    }

    /// <summary>A name came or went.</summary>
    public void Note(bool isInNew, string name, bool isThere) => Encoding.Latin1.GetBytes(name, Next(isInNew, name.Length, isThere));

    /// <inheritdoc cref="Note(bool, string, bool)" />
    public void Note(bool isInNew, ReadOnlySpan<byte> name, bool isThere) => name.CopyTo(Next(isInNew, name.Length, isThere));

    /// <summary>Files were renamed of which the index has not heard: neither directory's stamp is to be believed.</summary>
    public void Disturb() => IsDisturbed = HasTouchedNew = HasTouchedCur = true;

    /// <summary>Forgets the names kept: nobody tells anything of them.</summary>
    public void Forget() => _first = _end = 0;

    /// <summary>Strikes out the first of the names kept, if it is this one.</summary>
    public bool TryStrike(bool isInNew, ReadOnlySpan<byte> name, bool isThere)
    {
        if (_first == _end || !First(out byte bits).SequenceEqual(name) || bits != Bits(isInNew, isThere))
        {
            return false;
        }

        _first += HeadOctets + name.Length;
        return true;
    }

    /// <summary>Strikes out the names kept from what the kernel told so far.</summary>
    /// <returns>False when others were at work in the directories that were touched; what they did stays with the watch.</returns>
    public bool IsAllThatHappened(MailboxWatch watch)
    {
        WatchedChanges? told = watch.Take(this);
        if (told is not null)
        {
            // Those that were told before somebody asked, and those of which others have told something besides.
            while (_first < _end)
            {
                ReadOnlySpan<byte> name = First(out byte bits);
                told.Explain((bits & InNew) != 0, Encoding.Latin1.GetString(name), (bits & There) != 0);
                _first += HeadOctets + name.Length;
            }

            if (!told.IsEmpty)
            {
                watch.Return(told);
            }
        }

        Forget();
        return !IsDisturbed && (told is null
            || !(told.IsIncomplete || (HasTouchedNew && told.New.Count > 0) || (HasTouchedCur && told.Cur.Count > 0)));
    }

    // Room for the name to be kept next.
    private Span<byte> Next(bool isInNew, int octets, bool isThere)
    {
        HasTouchedNew |= isInNew;
        HasTouchedCur |= !isInNew;
        int end = _end + HeadOctets + octets;
        if (end > _names.Length)
        {
            Array.Resize(ref _names, Math.Max(Math.Max(2 * _names.Length, FirstRoom), end));
        }

        Span<byte> entry = _names.AsSpan(_end, end - _end);
        entry[0] = Bits(isInNew, isThere);
        entry[1] = (byte)octets;
        entry[2] = (byte)(octets >> 8);
        _end = end;
        return entry[HeadOctets..];
    }

    private static byte Bits(bool isInNew, bool isThere) => (byte)((isInNew ? InNew : 0) | (isThere ? There : 0));

    private ReadOnlySpan<byte> First(out byte bits)
    {
        bits = _names[_first];
        return _names.AsSpan(_first + HeadOctets, _names[_first + 1] | (_names[_first + 2] << 8));
    }
}
