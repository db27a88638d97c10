using System.Globalization;
using System.Text;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Search;

namespace Imapd.Tests.Protocol.Properties;

/// <summary>Writes the keys of a SEARCH (RFC 9051 §6.4.4).</summary>
/// <param name="to">Where to.</param>
/// <param name="charset">What texts are encoded in; null for UTF-8.</param>
internal sealed class SearchKeyWriter(CommandOutput to, string? charset)
{
    private static readonly string[] FieldKeys = ["FROM", "TO", "CC", "BCC", "SUBJECT"];

    private readonly Encoding _encoding = charset?.ToUpperInvariant() is null or "US-ASCII" ? Encoding.UTF8 : Charsets.Find(charset)!;

    /// <summary>All that must match: several side by side, or one.</summary>
    public void WriteKeys(SearchKey key)
    {
        if (key is AndKey and && to.Chance(2))
        {
            to.Separated(and.Keys, Write, " ");
        }
        else
        {
            Write(key);
        }
    }

    private void Write(SearchKey key)
    {
        switch (key)
        {
            case AllKey:
                to.Word("ALL");
                break;
            case AndKey and:
                to.List(and.Keys, Write);
                break;
            case OrKey or:
                to.Word("OR").Sp();
                Write(or.Left);
                to.Sp();
                Write(or.Right);
                break;
            case NotKey not:
                to.Word("NOT").Sp();
                Write(not.Key);
                break;
            case SequenceKey sequence:
                to.Set(sequence.Set);
                break;
            case UidKey uid:
                to.Word("UID").Sp().Set(uid.Set);
                break;
            case SystemFlagKey flag:
                to.Word((flag.IsSet ? "" : "UN") + flag.Flag.ToString().ToUpperInvariant());
                break;
            case RecentKey recent:
                to.Word(recent.IsRecent ? "RECENT" : "OLD");
                break;
            case NewKey:
                to.Word("NEW");
                break;
            case KeywordKey keyword:
                to.Word(keyword.IsSet ? "KEYWORD" : "UNKEYWORD").Sp().Raw(keyword.Name);
                break;
            default:
                WriteTested(key);
                break;
        }
    }

    private void WriteTested(SearchKey key)
    {
        switch (key)
        {
            case HeaderKey header when FieldKeys.Contains(header.Field) && to.Chance(2):
                to.Word(header.Field);
                Text(header.Value);
                break;
            case HeaderKey header:
                to.Word("HEADER").Sp().AString(header.Field);
                Text(header.Value);
                break;
            case BodyKey body:
                to.Word("BODY");
                Text(body.Value);
                break;
            case TextKey text:
                to.Word("TEXT");
                Text(text.Value);
                break;
            case DateKey date:
                to.Word(Prefix(date.Field) + date.Test.ToString().ToUpperInvariant()).Sp();
                string quote = to.Chance(2) ? "\"" : "";
                string day = date.Date.ToString(to.Chance(2) ? "dd" : "%d", CultureInfo.InvariantCulture);
                to.Raw(quote).Raw(day).Raw("-").Word(date.Date.ToString("MMM", CultureInfo.InvariantCulture))
                    .Raw(date.Date.ToString("-yyyy", CultureInfo.InvariantCulture)).Raw(quote);
                break;
            case SizeKey size:
                to.Word(size.Larger ? "LARGER" : "SMALLER").Sp().Number(size.Octets);
                break;
            case AgeKey age:
                to.Word(age.Older ? "OLDER" : "YOUNGER").Sp().Number(age.Seconds);
                break;
            default:
                throw new ArgumentException($"{key.GetType().Name} is not written here");
        }
    }

    private void Text(string text) => to.Sp().AString(_encoding.GetBytes(text));

    private static string Prefix(DateField field) => field switch
    {
        DateField.Sent => "SENT",
        DateField.Saved => "SAVED",
        _ => "",
    };
}
