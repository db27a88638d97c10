using System.Text;

namespace Imapd.Worker.Login;

/// <summary>Which names and passwords can belong to somebody at all.</summary>
internal static class LoginName
{
    /// <summary>
    /// A name that no user database can hold, for ':' ends the name there. PAM is asked about it in place of a malformed name,
    /// so that the attempt takes as long as any other.
    /// </summary>
    public const string Impossible = "imapd:nobody";

    // LOGIN_NAME_MAX of Linux, its NUL among them; the longest that name services have.
    private const int MaxNameOctets = 255;

    /// <summary>
    /// Whether a name may be handed to PAM. Modules take it apart, put it into paths and commands, and log it: control
    /// characters, '/', ':' and a leading '-' are in no account's name.
    /// </summary>
    public static bool IsPossible(string name) =>
        name.Length > 0
        && Encoding.UTF8.GetByteCount(name) <= MaxNameOctets
        && name[0] is not ('-' or '+')
        && !name.Contains('/', StringComparison.Ordinal)
        && !name.Contains(':', StringComparison.Ordinal)
        && !name.EnumerateRunes().Any(rune => Rune.IsControl(rune) || rune == Rune.ReplacementChar);

    /// <summary>Whether a password can be handed to PAM whole: C text, and no longer than modules take.</summary>
    public static bool IsPossiblePassword(ReadOnlySpan<byte> password) =>
        password.Length < Native.Pam.MaxResponseOctets && !password.Contains((byte)0);
}
