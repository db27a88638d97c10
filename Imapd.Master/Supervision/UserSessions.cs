namespace Imapd.Master.Supervision;

/// <summary>One session of a user, as far as his limit is concerned.</summary>
internal interface IUserSession
{
    /// <summary>When its client last sent something, or logged in, as <see cref="Environment.TickCount64"/>.</summary>
    long LastActivity { get; }
}

/// <summary>
/// The sessions of each user. A user over his limit loses the one idle the longest, not the new one: the client in
/// front of him works, and the one forgotten at home does not lock him out.
/// </summary>
internal sealed class UserSessions(int maxPerUser)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, State> _users = [];

    /// <summary>
    /// Counts a new session. When that is one too many, <paramref name="replaced"/> must be asked to end. False: so many
    /// were asked already and have not ended that nothing is left but to refuse.
    /// </summary>
    public bool TryAdd(string user, IUserSession session, out IUserSession? replaced)
    {
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
                replaced = state.Current.MinBy(candidate => candidate.LastActivity)!;
                state.Current.Remove(replaced);
                state.Ending.Add(replaced);
            }
            state.Current.Add(session);
            return true;
        }
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
    }
}
