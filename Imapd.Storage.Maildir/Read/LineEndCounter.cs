namespace Imapd.Storage.Maildir.Read;

/// <summary>Counts the CRs that have to be put in when LF stands for CRLF.</summary>
internal struct LineEndCounter
{
    private bool _isAfterCr;

    /// <summary>How many LFs came without a CR before them.</summary>
    public long BareLfs { get; private set; }

    /// <summary>Counts on.</summary>
    public void Feed(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty)
        {
            return;
        }

        long pairs = octets.Contains((byte)'\r') ? octets.Count("\r\n"u8) : 0;
        if (_isAfterCr && octets[0] == (byte)'\n')
        {
            pairs++;
        }

        BareLfs += octets.Count((byte)'\n') - pairs;
        _isAfterCr = octets[^1] == (byte)'\r';
    }
}
