using System.Text;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Mime;

/// <summary>Writes BODY and BODYSTRUCTURE (RFC 9051 §7.5.2).</summary>
public static class BodyStructure
{
    /// <summary>Writes the structure of a message.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="message">The message, or a part of one.</param>
    /// <param name="extended">Whether with extension data: BODYSTRUCTURE, not BODY.</param>
    public static void Write(ResponseWriter writer, MimeEntity message, bool extended)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(message);

        // Calls itself once for each level, of which MimeLimits.MaxDepth allows few.
        writer.Raw("("u8);
        if (message.IsMultipart)
        {
            WriteMultipart(writer, message, extended);
        }
        else
        {
            WriteOnePart(writer, message, extended);
        }

        writer.Raw(")"u8);
    }

    // body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
    private static void WriteMultipart(ResponseWriter writer, MimeEntity multipart, bool extended)
    {
        foreach (MimeEntity part in multipart.NumberedParts)
        {
            Write(writer, part, extended);
        }

        writer.Sp();
        WriteLatin1(writer, multipart.Subtype);
        if (extended)
        {
            writer.Sp();
            WriteParameters(writer, multipart.ContentType.Parameters);
            WriteCommonExtension(writer, new MimeFields(multipart.Header.Span));
        }
    }

    // body-fields = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP body-fld-octets
    private static void WriteOnePart(ResponseWriter writer, MimeEntity part, bool extended)
    {
        var fields = new MimeFields(part.Header.Span);
        WriteLatin1(writer, part.Type);
        writer.Sp();
        WriteLatin1(writer, part.Subtype);
        writer.Sp();
        WriteParameters(writer, part.ContentType.Parameters);
        writer.Sp();
        WriteField(writer, fields, MimeField.Id);
        writer.Sp();
        WriteField(writer, fields, MimeField.Description);
        writer.Sp();
        WriteLatin1(writer, part.TransferEncoding);
        writer.Sp().Number((ulong)part.BodyWireOctets);

        // To a client of revision 1 that takes no UTF-8, a message/global is a type like any other (RFC 3501 §9).
        bool isMessage = part.IsMessage && (writer.Utf8 || part.ContentType.Is("message", "rfc822"));
        if (isMessage)
        {
            writer.Sp();
            Envelope.Write(writer, part.Parts[0].Header);
            writer.Sp();
            Write(writer, part.Parts[0], extended);
        }

        if (isMessage || part.ContentType.IsText)
        {
            writer.Sp().Number((ulong)part.BodyLines);
        }

        if (extended)
        {
            writer.Sp();
            WriteField(writer, fields, MimeField.Md5);
            WriteCommonExtension(writer, fields);
        }
    }

    // [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc]]]
    private static void WriteCommonExtension(ResponseWriter writer, MimeFields fields)
    {
        writer.Sp();
        WriteDisposition(writer, fields);
        writer.Sp();
        WriteLanguages(writer, fields);
        writer.Sp();
        WriteField(writer, fields, MimeField.Location);
    }

    // body-fld-dsp = "(" string SP body-fld-param ")" / nil
    private static void WriteDisposition(ResponseWriter writer, MimeFields fields)
    {
        if (fields.TryGet(MimeField.Disposition, out ReadOnlySpan<byte> value))
        {
            var lexer = new HeaderLexer(HeaderFields.Unfold(value));
            lexer.SkipCfws();
            string type = MimeParameters.ReadToken(ref lexer);
            if (type.Length > 0)
            {
                writer.Raw("("u8);
                WriteLatin1(writer, type);
                writer.Sp();
                WriteParameters(writer, MimeParameters.Read(ref lexer));
                writer.Raw(")"u8);
                return;
            }
        }

        writer.NString(null);
    }

    // body-fld-lang = nstring / "(" string *(SP string) ")"
    private static void WriteLanguages(ResponseWriter writer, MimeFields fields)
    {
        bool isFirst = true;
        if (fields.TryGet(MimeField.Language, out ReadOnlySpan<byte> value))
        {
            var lexer = new HeaderLexer(HeaderFields.Unfold(value));
            do
            {
                lexer.SkipCfws();
                ReadOnlySpan<byte> tag = lexer.ReadUntil(" \t(,"u8);
                if (IsLanguageTag(tag))
                {
                    writer.Raw(isFirst ? "("u8 : " "u8).String(tag);
                    isFirst = false;
                }

                lexer.SkipCfws();
                lexer.TryTake((byte)',');
            }
            while (!lexer.IsAtEnd);
        }

        writer.Raw(isFirst ? "NIL"u8 : ")"u8);
    }

    // Letters, digits and hyphens (RFC 5646 §2.1); what is not one is passed over.
    private static bool IsLanguageTag(ReadOnlySpan<byte> tag)
    {
        foreach (byte octet in tag)
        {
            if (!char.IsAsciiLetterOrDigit((char)octet) && octet != '-')
            {
                return false;
            }
        }

        return !tag.IsEmpty;
    }

    // body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
    private static void WriteParameters(ResponseWriter writer, IReadOnlyList<MimeParameter> parameters)
    {
        if (parameters.Count == 0)
        {
            writer.NString(null);
            return;
        }

        for (int at = 0; at < parameters.Count; at++)
        {
            writer.Raw(at == 0 ? "("u8 : " "u8);
            WriteLatin1(writer, parameters[at].Name);
            writer.Sp().String(parameters[at].Value.Span);
        }

        writer.Raw(")"u8);
    }

    private static void WriteField(ResponseWriter writer, MimeFields fields, MimeField field)
    {
        if (fields.TryGet(field, out ReadOnlySpan<byte> value))
        {
            writer.String(HeaderFields.Unfold(value));
        }
        else
        {
            writer.NString(null);
        }
    }

    private static void WriteLatin1(ResponseWriter writer, string text) => writer.String(Encoding.Latin1.GetBytes(text));
}
