namespace Imapd.Protocol.Mime;

/// <summary>
/// A place in a message, in both coordinates: a file on disk may end its lines with LF where the wire has CRLF.
/// </summary>
/// <param name="Raw">Octets from the start of the file as it is.</param>
/// <param name="Wire">Octets from the start of the message as it is sent.</param>
public readonly record struct Offset(long Raw, long Wire)
{
    /// <summary>The place as far behind this one as <paramref name="other"/> is from the start.</summary>
    public Offset Plus(Offset other) => new(Raw + other.Raw, Wire + other.Wire);
}
