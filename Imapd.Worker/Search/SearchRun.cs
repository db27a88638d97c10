using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Worker.Selected;

namespace Imapd.Worker.Search;

/// <summary>Goes through the mailbox's messages and keeps those a query matches.</summary>
internal sealed class SearchRun
{
    private readonly List<SeqNum> _found = [];
    private readonly SearchQuery _query;

    private SearchRun(SearchQuery query) => _query = query;

    /// <summary>The messages found, ascending, as the client numbers them. Only the first and the last when no more was wanted.</summary>
    public IReadOnlyList<SeqNum> Found => _found;

    /// <summary>Messages that are gone but keep their number for now; they are not searched (RFC 5530 §3, EXPUNGEISSUED).</summary>
    public int Gone { get; private set; }

    /// <summary>Messages whose file cannot be read; they are not found, whatever is searched for.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Searches.</summary>
    /// <param name="selected">Where.</param>
    /// <param name="query">For what.</param>
    /// <param name="wanted">
    /// When only <see cref="SearchReturn.Min"/> or <see cref="SearchReturn.Max"/> are wanted, the search stops at what
    /// it finds first from that end (RFC 4731 §5).
    /// </param>
    public static SearchRun Over(SelectedMailbox selected, SearchQuery query, SearchReturn wanted)
    {
        var run = new SearchRun(query);
        TextSearch? texts = query.Needles.Count == 0 ? null : new TextSearch(query.Needles);
        using var probe = new MessageProbe(selected, texts);
        uint count = (uint)selected.Numbering.Count;
        SearchReturn ends = wanted & ~SearchReturn.Save;
        if ((ends & (SearchReturn.All | SearchReturn.Count)) != 0 || ends == SearchReturn.None)
        {
            for (uint number = 1; number <= count; number++)
            {
                run.Try(probe, number);
            }

            return run;
        }

        uint first = 0;
        if ((ends & SearchReturn.Min) != 0)
        {
            for (uint number = 1; number <= count && first == 0; number++)
            {
                first = run.Try(probe, number) ? number : 0;
            }
        }

        // Without a first there is no last: the messages have all been looked at.
        bool mayHaveLast = first != 0 || (ends & SearchReturn.Min) == 0;
        if ((ends & SearchReturn.Max) != 0 && mayHaveLast)
        {
            for (uint number = count; number > first && !run.Try(probe, number); number--)
            {
            }
        }

        return run;
    }

    private bool Try(MessageProbe probe, uint number)
    {
        try
        {
            if (!probe.MoveTo(new SeqNum(number)))
            {
                Gone++;
            }
            else if (_query.Criterion.Matches(probe))
            {
                _found.Add(new SeqNum(number));
                return true;
            }
        }
        catch (StoreException error) when (error.Error == StoreError.ExpungeIssued)
        {
            Gone++;
        }
        catch (StoreException)
        {
            // One file that cannot be read must not make the mailbox unsearchable; the answer says how many there were.
            Unreadable++;
        }

        return false;
    }
}
