using Imapd.Protocol.Mime;

namespace Imapd.Storage.Maildir.Read;

/// <summary>
/// Where the last reading of a large message ended, in the file and on the wire: who fetches it piece by piece mostly goes on
/// there, and nothing before it has to be read again.
/// </summary>
/// <param name="uid">The message. What is under a UID does not change, so the place is right as long as the mailbox is open.</param>
internal sealed class ReadingPlace(uint uid)
{
    private long _rawOctets;
    private Offset _place;
    private bool _isAfterCr;

    /// <summary>The message.</summary>
    public uint Uid => uid;

    /// <summary>Takes a place down.</summary>
    /// <param name="rawOctets">How long the file is; in one of another length the place is another.</param>
    /// <param name="place">The place.</param>
    /// <param name="isAfterCr">Whether the octet before it is a CR.</param>
    public void Note(long rawOctets, Offset place, bool isAfterCr) => (_rawOctets, _place, _isAfterCr) = (rawOctets, place, isAfterCr);

    /// <summary>Finds a place to begin at.</summary>
    /// <param name="rawOctets">How long the file is.</param>
    /// <param name="first">It must not be before this one,</param>
    /// <param name="wire">nor behind this one on the wire.</param>
    /// <param name="place">The place.</param>
    /// <param name="isAfterCr">Whether the octet before it is a CR.</param>
    public bool TryFind(long rawOctets, Offset first, long wire, out Offset place, out bool isAfterCr)
    {
        (place, isAfterCr) = (_place, _isAfterCr);
        return rawOctets == _rawOctets && place.Raw > first.Raw && place.Wire <= wire;
    }
}
