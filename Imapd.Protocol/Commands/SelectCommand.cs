using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>SELECT and EXAMINE (RFC 9051 §6.3.2, §6.3.3).</summary>
/// <param name="Name">Which mailbox.</param>
/// <param name="ReadOnly">Whether it is EXAMINE.</param>
/// <param name="Parameters">Names of parameters in capitals (RFC 4466 §2.1); mostly none.</param>
public sealed record SelectCommand(MailboxName Name, bool ReadOnly, IReadOnlyList<string> Parameters) : Command
{
    /// <summary>The name as the client wrote it, when that is not its canonical form; else null (RFC 9051 §6.3.9.7).</summary>
    public string? SuppliedName { get; init; }
}

/// <summary>How SELECT and EXAMINE are written.</summary>
internal static class SelectGrammar
{
    // select        = "SELECT" SP mailbox [select-params]
    // select-params = SP "(" select-param *(SP select-param) ")"
    // select-param  = select-param-name [SP select-param-value]   ; no parameter known here has a value
    public static SelectCommand ReadSelect(CommandReader reader, ParserOptions options, bool readOnly)
    {
        reader.ReadSp();
        MailboxName name = ReadName(reader, options, out string? supplied);
        var parameters = new List<string>();
        if (reader.TryRead((byte)' '))
        {
            reader.ReadList(mayBeEmpty: false, () => parameters.Add(reader.ReadKeyword("a parameter of SELECT")));
        }

        return new SelectCommand(name, readOnly, parameters) { SuppliedName = supplied };
    }

    private static MailboxName ReadName(CommandReader reader, ParserOptions options, out string? supplied)
    {
        try
        {
            return MailboxGrammar.Read(reader, options.Utf8, out supplied);
        }
        catch (ImapRefusedException refused)
        {
            throw new ImapRefusedException(refused.Code, refused.Message) { LeavesMailbox = true };
        }
    }
}
