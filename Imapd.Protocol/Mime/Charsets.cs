using System.Text;

namespace Imapd.Protocol.Mime;

/// <summary>The charsets that text is read in (RFC 2045 §5.1, RFC 2047 §2).</summary>
public static class Charsets
{
    // The longest names that are registered have about 45 characters.
    private const int MaxNameCharacters = 64;

    /// <summary>
    /// The encoding of this name, without regard to case, or null when it is not known. What is no text in it is decoded
    /// to U+FFFD or a question mark, never to an exception.
    /// </summary>
    public static Encoding? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > MaxNameCharacters)
        {
            return null;
        }

        if (name.Equals("utf8", StringComparison.OrdinalIgnoreCase))
        {
            return Encoding.UTF8;
        }

        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            // UTF-7 is known but not supported: it hides text from whoever filters mail.
            return null;
        }
    }
}
