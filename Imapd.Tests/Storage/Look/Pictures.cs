using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Look;

/// <summary>Compares what an index shows with what the directories hold.</summary>
internal static class Pictures
{
    /// <summary>UIDs, flags and keywords.</summary>
    public static string[] Of(MailboxState state) => [.. Enumerable.Range(0, state.Count).Select(place =>
        $"{state.UidAt(place).Value} {state.FlagsAt(place).System} {string.Join(',', state.KeywordsAt(place))}")];

    /// <summary>Asserts that a session shows the same with the index as without.</summary>
    public static void AreThoseOfTheDirectories(TestTree tree, string name)
    {
        string directory = name == "INBOX" ? tree.Root : Path.Combine(tree.Root, "." + name);
        string[] indexed = Fresh(tree, name);
        File.Move(Path.Combine(directory, "imapd.index"), Path.Combine(directory, "aside"));
        string[] listed = Fresh(tree, name);
        File.Move(Path.Combine(directory, "aside"), Path.Combine(directory, "imapd.index"), overwrite: true);
        Assert.That(indexed, Is.EqualTo(listed));
    }

    private static string[] Fresh(TestTree tree, string name)
    {
        using MailStore store = MailStore.Open(tree.Options);
        using Mailbox mailbox = store.Select(TestTree.Name(name), true);
        return Of(mailbox.State);
    }
}
