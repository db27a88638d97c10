namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>Everything a server said until a command was done. Octets are shown as Latin-1, literals in place.</summary>
/// <param name="Untagged">The responses before the tagged one, continuation requests included.</param>
/// <param name="Status">The tagged response without its tag: <c>OK [READ-WRITE] …</c>.</param>
internal sealed record ImapReply(IReadOnlyList<string> Untagged, string Status)
{
    public bool IsOk => Status.StartsWith("OK", StringComparison.Ordinal);

    public override string ToString() => string.Join('\n', Untagged.Append(Status));
}
