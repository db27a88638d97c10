using System.Text;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>ID (RFC 2971 §3.1).</summary>
/// <param name="Fields">What the client says of itself, at most 30 fields, unchecked text; null for NIL.</param>
public sealed record IdCommand(IReadOnlyList<KeyValuePair<string, string?>>? Fields) : Command;

/// <summary>How ID is written.</summary>
internal static class IdGrammar
{
    private const int MaxFields = 30;

    // id             = "ID" SP id-params-list
    // id-params-list = "(" [string SP nstring *(SP string SP nstring)] ")" / nil
    public static IdCommand ReadId(CommandReader reader)
    {
        reader.ReadSp();
        if (reader.TryReadWord("NIL"u8))
        {
            return new IdCommand((IReadOnlyList<KeyValuePair<string, string?>>?)null);
        }

        var fields = new List<KeyValuePair<string, string?>>();
        reader.ReadList(mayBeEmpty: true, () =>
        {
            if (fields.Count == MaxFields)
            {
                throw reader.Expected($"no more than {MaxFields} fields");
            }

            string name = Encoding.UTF8.GetString(reader.ReadString().Span);
            reader.ReadSp();
            ReadOnlyMemory<byte>? value = reader.ReadNString();
            fields.Add(new(name, value is { } octets ? Encoding.UTF8.GetString(octets.Span) : null));
        });
        return new IdCommand(fields);
    }
}
