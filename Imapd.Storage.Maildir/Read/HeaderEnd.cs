namespace Imapd.Storage.Maildir.Read;

/// <summary>Finds what follows the first empty line, in a file that comes in pieces.</summary>
internal struct HeaderEnd
{
    // What is known of the line so far.
    private long _octets;
    private bool _endsInCr;

    /// <summary>Looks in the next piece.</summary>
    /// <returns>The place behind the line's LF; -1 when it is not there.</returns>
    public int FindIn(ReadOnlySpan<byte> piece)
    {
        int at = 0;
        while (at < piece.Length)
        {
            int lf = piece[at..].IndexOf((byte)'\n');
            ReadOnlySpan<byte> more = lf < 0 ? piece[at..] : piece.Slice(at, lf);
            if (!more.IsEmpty)
            {
                _octets += more.Length;
                _endsInCr = more[^1] == (byte)'\r';
            }

            if (lf < 0)
            {
                return -1;
            }

            at += lf + 1;
            if (_octets == 0 || (_octets == 1 && _endsInCr))
            {
                return at;
            }

            this = default;
        }

        return -1;
    }
}
