namespace Imapd.Tests.Stress.Model;

/// <summary>What everybody together knows of one mailbox: its UIDs, whose they are, what was done to them.</summary>
internal sealed class MailboxLedger(string name, string directory, StressClock clock)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<uint, TrackedMessage> _messages = [];
    private readonly Dictionary<string, int> _perhaps = [];
    private readonly Dictionary<string, MessageToken> _delivered = [];
    private readonly HashSet<string> _mayBeRemoved = [];
    private uint _uidValidity;
    private uint _lowestUnsettled = 1;

    public string Name { get; } = name;

    public string Directory { get; } = directory;

    /// <summary>No message that arrives from now on has a smaller UID.</summary>
    public uint Floor { get; private set; } = 1;

    /// <summary>Does something with entries that nobody else may change meanwhile.</summary>
    public T Locked<T>(Func<T> action)
    {
        lock (_gate)
        {
            return action();
        }
    }

    public void Locked(Action action)
    {
        lock (_gate)
        {
            action();
        }
    }

    public void CheckUidValidity(uint told)
    {
        lock (_gate)
        {
            _uidValidity = _uidValidity == 0 ? told : _uidValidity;
            Require(told == _uidValidity, $"UIDVALIDITY was {_uidValidity} and is {told}");
        }
    }

    /// <summary>UIDNEXT was told to somebody who began to ask when <see cref="Floor"/> was as given.</summary>
    public void CheckUidNext(uint told, uint floorBefore)
    {
        lock (_gate)
        {
            Require(told >= floorBefore, $"UIDNEXT {told} was told after UID {floorBefore - 1} or a UIDNEXT of {floorBefore}");
            Floor = Math.Max(Floor, told);
        }
    }

    /// <summary>The entry of a UID that somebody was told of.</summary>
    public TrackedMessage Seen(uint uid)
    {
        lock (_gate)
        {
            if (!_messages.TryGetValue(uid, out TrackedMessage? message))
            {
                _messages[uid] = message = new TrackedMessage(uid);
            }

            Floor = Math.Max(Floor, uid + 1);
            return message;
        }
    }

    /// <summary>Somebody read the message with a UID.</summary>
    public void CheckToken(uint uid, MessageToken token)
    {
        lock (_gate)
        {
            TrackedMessage message = Seen(uid);
            message.Token ??= token;
            Require(message.Token == token, $"UID {uid} was message {message.Token.Id} and is {token.Id}");
        }
    }

    /// <summary>Somebody was told a message's flags, who had looked at the mailbox after <paramref name="since"/>.</summary>
    public void CheckFlags(uint uid, int told, long since)
    {
        lock (_gate)
        {
            TrackedMessage message = Seen(uid);
            int wrong = message.Flags.Impossible(told, since);
            Require(wrong == 0, $"told flags ({FlagAlphabet.Text(told)}) of {message}, looked at after {since}: wrong is ({FlagAlphabet.Text(wrong)})");
        }
    }

    /// <summary>Somebody was told that messages are there, in a picture made after <paramref name="since"/>.</summary>
    public void CheckPresent(IReadOnlyCollection<uint> uids, long since)
    {
        lock (_gate)
        {
            var there = new HashSet<uint>(uids);
            foreach (TrackedMessage message in _messages.Values)
            {
                if (there.Contains(message.Uid))
                {
                    Require(message.GoneAt > since, $"is there again: {message}");
                }
                else
                {
                    Require(message.AcknowledgedAt > since || message.MayBeGone, $"is not there: {message}");
                }
            }

            foreach (uint uid in uids)
            {
                Require(_messages.ContainsKey(uid) || uid >= _lowestUnsettled, $"UID {uid} is there again");
            }
        }
    }

    /// <summary>Somebody was told of a loss.</summary>
    public void Gone(uint uid)
    {
        lock (_gate)
        {
            TrackedMessage message = Seen(uid);

            // One that is there without acknowledgement yet may be a copy of a deleted one; it is looked at when all are at rest.
            Require(message.MayBeGone || message.AcknowledgedAt == long.MaxValue, $"lost, and nobody removed it: {message}");
            message.GoneAt = Math.Min(message.GoneAt, clock.Next());
        }
    }

    /// <summary>APPENDUID or COPYUID told that a message is there.</summary>
    public TrackedMessage Acknowledge(uint uid, MessageToken? token, uint floorBefore)
    {
        lock (_gate)
        {
            Require(uid >= floorBefore, $"UID {uid} was given after UID {floorBefore - 1} or a UIDNEXT of {floorBefore} was told");
            TrackedMessage message = Seen(uid);
            if (token is not null)
            {
                CheckToken(uid, token);
            }

            Require(message.AcknowledgedAt == long.MaxValue, $"given twice: {message}");
            message.AcknowledgedAt = clock.Next();
            return message;
        }
    }

    /// <summary>COPYUID told that a MOVE has taken a message away.</summary>
    public void Moved(uint uid)
    {
        lock (_gate)
        {
            TrackedMessage message = Seen(uid);
            Require(!message.IsMoved, $"moved twice: {message}");
            message.IsMoved = true;
        }
    }

    /// <summary>Somebody who was killed may have added a message.</summary>
    public void MayHaveCome(MessageToken token)
    {
        lock (_gate)
        {
            _perhaps[token.Id] = _perhaps.GetValueOrDefault(token.Id) + 1;
        }
    }

    /// <summary>A delivery agent has put a file into <c>new/</c>.</summary>
    public void Delivered(string baseName, MessageToken token)
    {
        lock (_gate)
        {
            _delivered[baseName] = token;
        }
    }

    /// <summary>A file that perhaps nobody has given a UID yet is about to be removed.</summary>
    public void MayBeRemoved(string baseName)
    {
        lock (_gate)
        {
            _mayBeRemoved.Add(baseName);
        }
    }

    /// <summary>The message with a UID; null when nobody was told of it.</summary>
    public TrackedMessage? Find(uint uid)
    {
        lock (_gate)
        {
            return _messages.GetValueOrDefault(uid);
        }
    }

    /// <summary>Everything is at rest and this is what is there: nothing may be missing, and nothing too many.</summary>
    public void Settle(IReadOnlyList<SettledMessage> there)
    {
        lock (_gate)
        {
            foreach (SettledMessage found in there)
            {
                Settle(found);
            }

            CheckNothingIsLost([.. there.Select(found => found.Uid)]);
            _perhaps.Clear();
            _delivered.Clear();
            _mayBeRemoved.Clear();
            _lowestUnsettled = Floor;
        }
    }

    private void Settle(SettledMessage found)
    {
        TrackedMessage message = Seen(found.Uid);
        Require(message is { GoneAt: long.MaxValue, MustBeGone: false, IsMoved: false }, $"is there again: {message}");
        CheckToken(found.Uid, found.Token);
        CheckFlags(found.Uid, found.Flags, long.MaxValue);
        if (message.AcknowledgedAt == long.MaxValue)
        {
            bool isDelivered = _delivered.Remove(found.BaseName, out MessageToken? token) && token == found.Token;
            Require(isDelivered || Forgive(found.Token), $"nobody put it there: {message}");
            message.AcknowledgedAt = clock.Next();
        }

        message.Flags.Settle(found.Flags);
        message.MayBeDeleted = (found.Flags & FlagAlphabet.Deleted) != 0;
        message.MayBeMoved = false;
    }

    private void CheckNothingIsLost(HashSet<uint> there)
    {
        var gone = _messages.Values.Where(message => !there.Contains(message.Uid)).ToList();
        foreach (TrackedMessage message in gone)
        {
            // The copy of a deleted message, made by a session that was killed before it heard so, may have been expunged.
            bool mayNeverHaveBeenTold = message.AcknowledgedAt == long.MaxValue
                && (message.Token is null ? _perhaps.Count > 0 : _perhaps.ContainsKey(message.Token.Id));
            Require(message.MayBeGone || mayNeverHaveBeenTold, $"lost, and nobody removed it: {message}");
            _messages.Remove(message.Uid);
        }

        foreach ((string baseName, MessageToken token) in _delivered)
        {
            bool wasRemoved = _mayBeRemoved.Contains(baseName) || gone.Exists(message => message.Token == token);
            Require(wasRemoved, $"delivered as {baseName} and lost: {token.Id}");
        }
    }

    private bool Forgive(MessageToken token)
    {
        int left = _perhaps.GetValueOrDefault(token.Id);
        _perhaps[token.Id] = left - 1;
        return left > 0;
    }

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new StressFailure($"{Name}: {otherwise}");
        }
    }
}
