using System.Collections.Concurrent;
using System.Globalization;

namespace Imapd.Tests.Stress.Model;

/// <summary>What everybody together knows of a user's mail.</summary>
internal sealed class StressLedger
{
    /// <summary>One message in so many is precious.</summary>
    private const int PreciousEvery = 3;

    private readonly ConcurrentDictionary<string, MessageToken> _tokens = [];
    private readonly ConcurrentDictionary<MessageToken, bool> _acknowledged = [];
    private int _count;

    public StressLedger(string root)
    {
        Mailboxes =
        [
            new MailboxLedger("INBOX", root, Clock),
            new MailboxLedger("Archive", Path.Combine(root, ".Archive"), Clock),
            new MailboxLedger("Lists/imap", Path.Combine(root, ".Lists.imap"), Clock),
        ];
    }

    public StressClock Clock { get; } = new();

    public IReadOnlyList<MailboxLedger> Mailboxes { get; }

    public MessageToken NewToken(Random random)
    {
        int number = Interlocked.Increment(ref _count);
        int lines = random.Next(20) == 0 ? random.Next(4000) : random.Next(60);
        var token = new MessageToken(string.Create(CultureInfo.InvariantCulture, $"t{number:D6}"), lines, number % PreciousEvery == 0);
        _tokens[token.Id] = token;
        return token;
    }

    /// <summary>The message with a subject.</summary>
    /// <exception cref="StressFailure">There never was one.</exception>
    public MessageToken TokenOf(string id) =>
        _tokens.TryGetValue(id.Trim(), out MessageToken? token) ? token : throw new StressFailure($"a message that nobody made: '{id}'");

    /// <summary>A message's being there was acknowledged.</summary>
    public void MustBeSomewhere(MessageToken token) => _acknowledged[token] = true;

    /// <summary>Everything is at rest: every precious message whose being there was acknowledged is somewhere.</summary>
    /// <param name="there">What is in all mailboxes together.</param>
    /// <param name="keep">How many may stay precious.</param>
    public void CheckPrecious(IReadOnlyCollection<MessageToken> there, int keep)
    {
        foreach (MessageToken token in _acknowledged.Keys)
        {
            if (token.IsPrecious && !there.Contains(token))
            {
                throw new StressFailure($"precious, and in no mailbox any more: {token.Id}");
            }
        }

        _acknowledged.Clear();
        foreach (MessageToken token in there.Where(token => token.IsPrecious).SkipLast(keep))
        {
            token.Retire();
        }

        foreach (MessageToken token in there)
        {
            MustBeSomewhere(token);
        }
    }
}
