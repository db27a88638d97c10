using System.Text;

namespace Imapd.Protocol.Mime;

/// <summary>Reads the parameters of Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2183 §2, RFC 2231).</summary>
internal static class MimeParameters
{
    /// <summary>Reads a token; empty when there is none.</summary>
    public static string ReadToken(ref HeaderLexer lexer) =>
        Encoding.Latin1.GetString(lexer.ReadUntil(" \t()<>@,;:\\\"/[]?="u8));

    /// <summary>Reads all parameters from here to the end and joins continuations.</summary>
    public static IReadOnlyList<MimeParameter> Read(ref HeaderLexer lexer)
    {
        var parameters = new List<MimeParameter>();
        while (true)
        {
            lexer.SkipCfws();
            if (lexer.IsAtEnd)
            {
                return ParameterContinuations.Join(parameters);
            }

            if (!TryReadOne(ref lexer, parameters))
            {
                lexer.ReadUntil(";"u8);
            }

            lexer.TryTake((byte)';');
        }
    }

    // Values are read more widely than the grammar has it: "boundary=----=_Part_1" is common in unquoted form.
    private static bool TryReadOne(ref HeaderLexer lexer, List<MimeParameter> parameters)
    {
        string name = Encoding.Latin1.GetString(lexer.ReadUntil(" \t()=;\""u8));
        lexer.SkipCfws();
        if (name.Length == 0 || !lexer.TryTake((byte)'='))
        {
            return false;
        }

        lexer.SkipCfws();
        byte[] value;
        if (lexer.Peek == '"')
        {
            var unquoted = new List<byte>();
            lexer.ReadQuoted(unquoted);
            value = [.. unquoted];
        }
        else
        {
            value = lexer.ReadUntil(" \t(;"u8).ToArray();
        }

        parameters.Add(new MimeParameter(name, value));
        lexer.SkipCfws();
        return lexer.IsAtEnd || lexer.Peek == ';';
    }
}
