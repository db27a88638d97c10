using Imapd.Protocol.Normalization;
using Imapd.Protocol.Search;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Worker.Selected;

namespace Imapd.Worker.Search;

/// <summary>Makes a <see cref="SearchQuery"/> of the keys a client sent (RFC 9051 §6.4.4).</summary>
/// <param name="selected">The mailbox: sets and keywords are resolved against it as it is now.</param>
/// <param name="now">The time that OLDER and YOUNGER count from (RFC 5032 §2).</param>
internal sealed class QueryCompiler(SelectedMailbox selected, DateTimeOffset now)
{
    /// <summary>
    /// The parser allows fewer levels; this keeps evaluation off the end of the stack, which no program survives, should
    /// that ever change.
    /// </summary>
    private const int MaxDepth = 1000;

    private readonly List<Needle> _needles = [];

    /// <summary>Makes the query.</summary>
    /// <exception cref="ImapSyntaxException">The keys are nested too deeply.</exception>
    public SearchQuery Compile(SearchKey key)
    {
        Criterion criterion = Compile(key, 0);
        return new SearchQuery(criterion, _needles);
    }

    private Criterion Compile(SearchKey key, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ImapSyntaxException($"Search keys may be nested {MaxDepth} deep");
        }

        return key switch
        {
            AllKey => SimpleCriterion.Constant(true),
            AndKey { Keys.Count: 0 } => SimpleCriterion.Constant(true),
            AndKey and => new CombinedCriterion(and.Keys.Select(part => Compile(part, depth + 1)), isOr: false),
            OrKey or => new CombinedCriterion([Compile(or.Left, depth + 1), Compile(or.Right, depth + 1)], isOr: true),
            NotKey not => new NegatedCriterion(Compile(not.Key, depth + 1)),
            _ => CompileLeaf(key),
        };
    }

    private SimpleCriterion CompileLeaf(SearchKey key) => key switch
    {
        SequenceKey { Set.EndsInSavedResult: true } sequence => WithSaved(Numbers(sequence.Set)),
        UidKey { Set.EndsInSavedResult: true } uids => WithSaved(Uids(uids.Set)),
        SequenceKey sequence => Numbers(sequence.Set),
        UidKey uids => Uids(uids.Set),
        SystemFlagKey flag => SystemFlag(flag.Flag, flag.IsSet),
        KeywordKey keyword => Keyword(keyword.Name, keyword.IsSet),
        RecentKey recent => new SimpleCriterion(SearchCost.Record, message => message.IsRecent == recent.IsRecent),
        NewKey => new SimpleCriterion(
            SearchCost.Record, message => (message.Flags.System & SystemFlags.Seen) == 0 && message.IsRecent),
        SizeKey { Larger: true } size => new SimpleCriterion(SearchCost.File, message => message.WireOctets > size.Octets),
        SizeKey size => new SimpleCriterion(SearchCost.File, message => message.WireOctets < size.Octets),
        AgeKey age => Age(age),
        DateKey { Field: DateField.Sent } sent => SentDate(sent),

        // RFC 8514 §4.2: where a mailbox keeps no save dates, the internal date stands in.
        DateKey date => new SimpleCriterion(
            SearchCost.File, message => Compare(DateOnly.FromDateTime(message.InternalDate.DateTime), date)),
        HeaderKey header => Header(header),
        BodyKey body => Text(body.Value, TextScope.Body),
        TextKey text => Text(text.Value, TextScope.Both),
        _ => throw new InvalidOperationException($"{key.GetType().Name} is parsed but not searched for"),
    };

    private SimpleCriterion WithSaved(SimpleCriterion ranges)
    {
        var saved = new HashSet<Uid>(selected.Saved?.Uids ?? []);
        return new SimpleCriterion(SearchCost.Record, message => saved.Contains(message.Uid) || ranges.Matches(message));
    }

    // Unlike FETCH 7, SEARCH 7 in a mailbox of six is no error: it is a criterion, and no message meets it.
    private SimpleCriterion Numbers(SequenceSet set)
    {
        var ranges = new NumberRanges(set.Resolve((uint)selected.Numbering.Count));
        return new SimpleCriterion(SearchCost.Record, message => ranges.Contains(message.Number.Value));
    }

    private SimpleCriterion Uids(SequenceSet set)
    {
        var ranges = new NumberRanges(set.Resolve(selected.Numbering.LastUid.Value));
        return new SimpleCriterion(SearchCost.Record, message => ranges.Contains(message.Uid.Value));
    }

    private static SimpleCriterion SystemFlag(SystemFlags flag, bool isSet)
    {
        SystemFlags wanted = isSet ? flag : SystemFlags.None;
        return new SimpleCriterion(SearchCost.Record, message => (message.Flags.System & flag) == wanted);
    }

    private SimpleCriterion Keyword(string name, bool isSet)
    {
        IReadOnlyList<string> keywords = selected.State.Keywords;
        for (int i = 0; i < keywords.Count; i++)
        {
            if (keywords[i].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                uint bit = 1u << i;
                uint wanted = isSet ? bit : 0;
                return new SimpleCriterion(SearchCost.Record, message => (message.Flags.KeywordBits & bit) == wanted);
            }
        }

        return SimpleCriterion.Constant(!isSet);
    }

    // RFC 5032 §2: both include the instant itself, to the second.
    private SimpleCriterion Age(AgeKey age)
    {
        long target = now.ToUnixTimeSeconds() - age.Seconds;
        return age.Older
            ? new SimpleCriterion(SearchCost.File, message => message.InternalDate.ToUnixTimeSeconds() <= target)
            : new SimpleCriterion(SearchCost.File, message => message.InternalDate.ToUnixTimeSeconds() >= target);
    }

    // A message without a Date that can be read was not sent on, before or since any day.
    private static SimpleCriterion SentDate(DateKey key) =>
        new(SearchCost.Header, message => message.DaySent is { } day && Compare(day, key));

    private static SimpleCriterion Header(HeaderKey key)
    {
        var search = new HeaderSearch(key.Field, key.Value);
        return new SimpleCriterion(SearchCost.Header, message => search.IsIn(message.Header(search.IsCommon)));
    }

    // The empty string is in every text (RFC 9051 §6.4.4).
    private SimpleCriterion Text(string text, TextScope scope)
    {
        string folded = Casemap.Fold(text);
        if (folded.Length == 0)
        {
            return SimpleCriterion.Constant(true);
        }

        int place = _needles.Count;
        _needles.Add(new Needle(folded, scope));
        return new SimpleCriterion(SearchCost.Text, message => message.HasNeedle(place));
    }

    private static bool Compare(DateOnly date, DateKey key) => key.Test switch
    {
        DateTest.Before => date < key.Date,
        DateTest.On => date == key.Date,
        _ => date >= key.Date,
    };
}
