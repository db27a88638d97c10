namespace Imapd.Master.Supervision;

/// <summary>Whether one more connection is let in.</summary>
internal enum AdmissionVerdict
{
    Admitted,
    TooMany,
    TooManyFromAddress,
}

/// <summary>Counts connections: all, and by source.</summary>
internal sealed class Admission(int maxConnections, int maxPerAddress)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SourceAddress, int> _bySource = [];
    private int _total;

    public int Total
    {
        get
        {
            lock (_lock)
            {
                return _total;
            }
        }
    }

    /// <summary>Sources with a connection now; nothing is remembered of others.</summary>
    public int Sources
    {
        get
        {
            lock (_lock)
            {
                return _bySource.Count;
            }
        }
    }

    /// <summary>Counts a connection when it is admitted; then <see cref="Leave"/> must follow once.</summary>
    public AdmissionVerdict TryEnter(SourceAddress source)
    {
        lock (_lock)
        {
            int fromSource = _bySource.GetValueOrDefault(source);
            if (fromSource >= maxPerAddress)
            {
                return AdmissionVerdict.TooManyFromAddress;
            }
            if (_total >= maxConnections)
            {
                return AdmissionVerdict.TooMany;
            }
            _bySource[source] = fromSource + 1;
            _total++;
            return AdmissionVerdict.Admitted;
        }
    }

    public void Leave(SourceAddress source)
    {
        lock (_lock)
        {
            _total--;
            if (--_bySource[source] == 0)
            {
                _bySource.Remove(source);
            }
        }
    }
}
