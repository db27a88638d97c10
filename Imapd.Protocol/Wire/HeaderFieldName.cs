using System.Text;

namespace Imapd.Protocol.Wire;

/// <summary>Names of header fields as clients write them.</summary>
internal static class HeaderFieldName
{
    // header-fld-name = astring
    /// <summary>Reads a name. One that no field can have is read as well, and no message has it.</summary>
    public static string Read(CommandReader reader)
    {
        int start = reader.Position;
        ReadOnlyMemory<byte> name = reader.ReadAString();
        return Ascii.IsValid(name.Span)
            ? Encoding.ASCII.GetString(name.Span)
            : throw CommandReader.ExpectedAt("the ASCII name of a header field", start);
    }
}
