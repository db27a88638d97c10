namespace Imapd.Master.Supervision;

/// <summary>One session of a user, as far as his limit is concerned.</summary>
internal interface IUserSession
{
    /// <summary>How long its client has asked for nothing.</summary>
    TimeSpan Idle { get; }
}

/// <summary>
/// The sessions of each user. A user over his limit loses the one idle the longest, not the new one: the client in
/// front of him works, and the one forgotten at home does not lock him out.
/// </summary>
internal sealed class UserSessions(int maxPerUser)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, State> _users = [];

    /// <summary>Told of each session that was added, and how many its user has then.</summary>
    public Action<string, int>? Added { get; set; }

    /// <summary>
    /// Counts a new session. When that is one too many, <paramref name="replaced"/> must be asked to end. False: so many
    /// were asked already and have not ended that nothing is left but to refuse.
    /// </summary>
    public bool TryAdd(string user, IUserSession session, out IUserSession? replaced)
    {
        int count;
        lock (_lock)
        {
            replaced = null;
            if (!_users.TryGetValue(user, out State? state))
            {
                _users.Add(user, state = new State());
            }
            if (state.Current.Count >= maxPerUser)
            {
                if (state.Ending.Count >= maxPerUser)
                {
                    return false;
                }
                replaced = state.TakeIdlest();
            }
            state.Current.Add(session);
            count = state.Current.Count;
        }
        Added?.Invoke(user, count);
        return true;
    }

    /// <summary>
    /// Makes room for sessions that the user has in the process that took over from this one: together they are no more than
    /// his limit.
    /// </summary>
    /// <returns>Those that must be asked to end.</returns>
    public IReadOnlyList<IUserSession> MakeRoom(string user, int elsewhere)
    {
        List<IUserSession> replaced = [];
        lock (_lock)
        {
            while (_users.TryGetValue(user, out State? state) && state.Current.Count > Math.Max(0, maxPerUser - elsewhere))
            {
                replaced.Add(state.TakeIdlest());
            }
        }
        return replaced;
    }

    public void Remove(string user, IUserSession session)
    {
        lock (_lock)
        {
            if (_users.TryGetValue(user, out State? state))
            {
                state.Current.Remove(session);
                state.Ending.Remove(session);
                if (state.Current.Count + state.Ending.Count == 0)
                {
                    _users.Remove(user);
                }
            }
        }
    }

    public int Count(string user)
    {
        lock (_lock)
        {
            return _users.TryGetValue(user, out State? state) ? state.Current.Count : 0;
        }
    }

    private sealed class State
    {
        public HashSet<IUserSession> Current { get; } = [];

        public HashSet<IUserSession> Ending { get; } = [];

        public IUserSession TakeIdlest()
        {
            IUserSession idlest = Current.MaxBy(candidate => candidate.Idle)!;
            Current.Remove(idlest);
            Ending.Add(idlest);
            return idlest;
        }
    }
}
