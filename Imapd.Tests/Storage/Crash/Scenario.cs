using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Crash;

/// <summary>An operation that is stopped after every call, and what must be true then.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="Prepare">Makes the mail it is done to.</param>
/// <param name="Begin">Opens what a session has open before it, and gives the operation.</param>
/// <param name="Verify">Asserts what this operation promises; what all promise is asserted anyway.</param>
internal sealed record Scenario(string Name, Action<Stage> Prepare, Func<Stage, Action> Begin, Action<Aftermath> Verify)
{
    /// <summary>Whether other programs' files are not in order before it, so that it does not have to leave them so.</summary>
    public bool IsInDisorder { get; init; }

    /// <summary>Where in the tree mailboxes are.</summary>
    public MailboxLayout Layout { get; init; }

    public override string ToString() => Name;
}

/// <summary>What there is after a stop.</summary>
/// <param name="Before">The mail before the operation.</param>
/// <param name="Now">The mail as a fresh session finds it.</param>
/// <param name="IsAcknowledged">Whether the client was told that it was done.</param>
/// <param name="IsPowerFailure">Whether what was not synced may be lost.</param>
internal sealed record Aftermath(TreeView Before, TreeView Now, bool IsAcknowledged, bool IsPowerFailure)
{
    /// <summary>Whether changes of names that were not synced are undone.</summary>
    public bool AreNamesLost { get; init; }

    /// <summary>Asserts that these are there, each once, or that none is and it was not acknowledged.</summary>
    public void AllOrNone(string mailbox, params string[] contents)
    {
        int[] counts = [.. contents.Select(content => Now[mailbox].Contents.Count(other => other == content))];
        Assert.That(counts, IsAcknowledged ? Is.All.EqualTo(1) : Is.All.EqualTo(1).Or.All.Zero, "all of it or nothing");
    }

    /// <summary>Asserts that a mailbox shows the same messages with the same flags.</summary>
    public void Same(string mailbox) => Assert.That(Now[mailbox].Messages, Is.EqualTo(Before[mailbox].Messages), mailbox + " has changed");
}
