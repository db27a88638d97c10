using System.Text;

namespace Imapd.Storage.Maildir.Native;

/// <summary>
/// Names on disk are octets, not text. Inside the store such a name is a string whose characters are the octets 1 to 255,
/// so nothing is lost and ordinal comparison is comparison of octets.
/// </summary>
internal static class Octets
{
    /// <summary>Room for a name of the longest kind that file systems take, and its NUL.</summary>
    public const int NameBuffer = 256;

    /// <summary>The octets of text in UTF-8.</summary>
    public static string FromText(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The octets as UTF-8 text, or null when they are not.</summary>
    public static string? ToText(string octets)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(octets);
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }

    /// <summary>The name as C wants it, ending in NUL; in <paramref name="buffer"/> when it fits.</summary>
    public static ReadOnlySpan<byte> ToC(string name, Span<byte> buffer)
    {
        if (name.Length >= buffer.Length)
        {
            buffer = new byte[name.Length + 1];
        }

        int length = Encoding.Latin1.GetBytes(name, buffer);
        buffer[length] = 0;
        return buffer[..(length + 1)];
    }
}
