using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>ENABLE (RFC 9051 §6.3.1).</summary>
/// <param name="Capabilities">In capitals, at least one; unknown ones are passed over.</param>
public sealed record EnableCommand(IReadOnlyList<string> Capabilities) : Command;

/// <summary>How ENABLE is written.</summary>
internal static class EnableGrammar
{
    // enable     = "ENABLE" 1*(SP capability)
    // capability = ("AUTH=" auth-type) / atom
    public static EnableCommand ReadEnable(CommandReader reader)
    {
        var capabilities = new List<string>();
        reader.ReadSp();
        do
        {
            capabilities.Add(reader.ReadKeyword("a capability"));
        }
        while (reader.TryRead((byte)' '));
        return new EnableCommand(capabilities);
    }
}
