using System.Text;
using Imapd.Protocol.Search;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>What a SEARCH is to answer with (RFC 9051 §6.4.4, <c>search-return-opt</c>).</summary>
[Flags]
public enum SearchReturn
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>MIN</c>: the smallest.</summary>
    Min = 1,

    /// <summary><c>MAX</c>: the largest.</summary>
    Max = 2,

    /// <summary><c>ALL</c>: all of them, as a set.</summary>
    All = 4,

    /// <summary><c>COUNT</c>: how many.</summary>
    Count = 8,

    /// <summary><c>SAVE</c>: keep them as <c>$</c>.</summary>
    Save = 16,
}

/// <summary>SEARCH and UID SEARCH (RFC 9051 §6.4.4, §6.4.9).</summary>
/// <param name="ByUid">Whether the answer is in UIDs.</param>
/// <param name="Return">What to answer with; null when there was no RETURN, and an empty RETURN is ALL.</param>
/// <param name="Charset">The CHARSET named, or null; texts are decoded by it already.</param>
/// <param name="Key">What messages must be like.</param>
public sealed record SearchCommand(bool ByUid, SearchReturn? Return, string? Charset, SearchKey Key) : Command;

/// <summary>How SEARCH is written.</summary>
internal static class SearchGrammar
{
    // search         = "SEARCH" [search-return-opts] SP search-program
    // search-program = ["CHARSET" SP charset SP] search-key *(SP search-key)
    // charset        = atom / quoted
    public static SearchCommand ReadSearch(CommandReader reader, ParserOptions options, bool byUid)
    {
        reader.ReadSp();
        SearchReturn? wanted = TryReadReturn(reader);
        string? charset = null;
        int start = reader.Position;
        if (reader.TryReadWord("CHARSET"u8))
        {
            if (options.RefusesCharset)
            {
                throw CommandReader.ExpectedAt("no CHARSET after ENABLE UTF8=ACCEPT", start);
            }

            reader.ReadSp();
            charset = Encoding.UTF8.GetString(reader.ReadAString().Span);
            reader.ReadSp();
        }

        var keys = new SearchKeyGrammar(reader, FindCharset(charset, wanted));
        return new SearchCommand(byUid, wanted, charset, keys.ReadKeys());
    }

    private static SearchCharset FindCharset(string? name, SearchReturn? wanted)
    {
        try
        {
            return SearchCharset.Find(name);
        }
        catch (ImapRefusedException refused) when ((wanted & SearchReturn.Save) == SearchReturn.Save)
        {
            throw new ImapRefusedException(refused.Code, refused.Message) { EmptiesSavedSearch = true };
        }
    }

    // search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"
    // search-return-opt  = "MIN" / "MAX" / "ALL" / "COUNT" / "SAVE" / search-ret-opt-ext
    private static SearchReturn? TryReadReturn(CommandReader reader)
    {
        if (!reader.TryReadWord("RETURN"u8))
        {
            return null;
        }

        var wanted = SearchReturn.None;
        reader.ReadSp();
        reader.ReadList(mayBeEmpty: true, () =>
        {
            int start = reader.Position;
            wanted |= reader.ReadKeyword("a return option of SEARCH") switch
            {
                "MIN" => SearchReturn.Min,
                "MAX" => SearchReturn.Max,
                "ALL" => SearchReturn.All,
                "COUNT" => SearchReturn.Count,
                "SAVE" => SearchReturn.Save,
                _ => throw CommandReader.ExpectedAt("a known return option of SEARCH", start),
            };
        });
        reader.ReadSp();
        return wanted == SearchReturn.None ? SearchReturn.All : wanted;
    }
}
