namespace Imapd.Worker.Search;

/// <summary>What must be looked at to answer; each is dearer than the one before.</summary>
internal enum SearchCost
{
    /// <summary>What the mailbox's state holds in memory.</summary>
    Record,

    /// <summary>Dates and sizes, which may need a look at the file's name or inode.</summary>
    File,

    /// <summary>The message's header.</summary>
    Header,

    /// <summary>All of the message, decoded.</summary>
    Text,
}

/// <summary>A search key made ready: strings folded, sets resolved, dates in place.</summary>
internal abstract class Criterion(SearchCost cost)
{
    /// <summary>The dearest thing it looks at.</summary>
    public SearchCost Cost { get; } = cost;

    /// <summary>Whether the message is one that is searched for.</summary>
    /// <exception cref="Storage.Maildir.StoreException">The message is gone or cannot be read.</exception>
    public abstract bool Matches(MessageProbe message);
}

/// <summary>A criterion that is one look at a message.</summary>
internal sealed class SimpleCriterion(SearchCost cost, Func<MessageProbe, bool> test) : Criterion(cost)
{
    /// <summary>Every message, or none.</summary>
    public static SimpleCriterion Constant(bool value) => new(SearchCost.Record, _ => value);

    /// <inheritdoc />
    public override bool Matches(MessageProbe message) => test(message);
}

/// <summary>NOT: the message is none of those.</summary>
internal sealed class NegatedCriterion(Criterion negated) : Criterion(negated.Cost)
{
    /// <inheritdoc />
    public override bool Matches(MessageProbe message) => !negated.Matches(message);
}

/// <summary>Several criteria of which all, or one, must hold; the cheap ones are asked first.</summary>
internal sealed class CombinedCriterion : Criterion
{
    private readonly Criterion[] _ascending;
    private readonly bool _isOr;

    /// <summary>Combines at least one criterion.</summary>
    /// <param name="parts">In any order.</param>
    /// <param name="isOr">Whether one of them is enough.</param>
    public CombinedCriterion(IEnumerable<Criterion> parts, bool isOr)
        : this([.. parts.OrderBy(part => part.Cost)], isOr)
    {
    }

    private CombinedCriterion(Criterion[] ascending, bool isOr)
        : base(ascending[^1].Cost)
    {
        _ascending = ascending;
        _isOr = isOr;
    }

    /// <inheritdoc />
    public override bool Matches(MessageProbe message)
    {
        foreach (Criterion part in _ascending)
        {
            if (part.Matches(message) == _isOr)
            {
                return _isOr;
            }
        }

        return !_isOr;
    }
}
