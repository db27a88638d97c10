using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Imapd.Protocol.Values;

namespace Imapd.Tests.Protocol.Properties;

/// <summary>All that is in a value, as text: equal for values that are the same, lists and all.</summary>
internal static class Description
{
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string characters:
                WriteText(text, characters);
                break;
            case byte[] octets:
                text.Append("0x").Append(Convert.ToHexString(octets));
                break;
            case MailboxName name:
                WriteText(text, name.Value);
                break;
            case SequenceSet set:
                Write(text, set.Ranges);
                text.Append(set.EndsInSavedResult ? "$" : "");
                break;
            case DateTimeOffset or DateOnly:
                text.Append(CultureInfo.InvariantCulture, $"{value:o}");
                break;
            case IEnumerable items:
                text.Append('[');
                foreach (object? item in items)
                {
                    Write(text, item);
                    text.Append(' ');
                }

                text.Append(']');
                break;
            case Enum or IFormattable:
                text.Append(CultureInfo.InvariantCulture, $"{value}");
                break;
            case bool:
                text.Append(value);
                break;
            default:
                WriteProperties(text, value);
                break;
        }
    }

    private static void WriteProperties(StringBuilder text, object value)
    {
        text.Append(value.GetType().Name).Append('{');
        foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            text.Append(property.Name).Append('=');
            Write(text, property.GetValue(value));
            text.Append(' ');
        }

        text.Append('}');
    }

    private static void WriteText(StringBuilder text, string characters)
    {
        text.Append('"');
        foreach (char c in characters)
        {
            text.Append(c is >= ' ' and <= '~' ? c.ToString() : $"\\u{(int)c:X4}");
        }

        text.Append('"');
    }
}
