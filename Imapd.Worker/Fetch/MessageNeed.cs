namespace Imapd.Worker.Fetch;

/// <summary>What of a message must be read to answer; each includes the one before.</summary>
internal enum MessageNeed
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>The file, but no header and no structure.</summary>
    File,

    /// <summary>The header.</summary>
    Header,

    /// <summary>Where the parts are, which may be remembered.</summary>
    Parts,

    /// <summary>The message from end to end.</summary>
    Scan,
}
