using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Change;

/// <summary>A message about to come into a mailbox; its octets are on the disk already.</summary>
/// <param name="BaseName">Its base name there, new and unique.</param>
/// <param name="Flags">Its system flags.</param>
/// <param name="Keywords">Its keywords.</param>
/// <param name="Place">Gives it a name in a directory of that mailbox, without replacing anything.</param>
internal sealed record Arrival(
    string BaseName, SystemFlags Flags, IReadOnlyList<string> Keywords, Func<DirectoryHandle, string, Errno> Place)
{
    /// <summary>Its name in the mailbox's <c>tmp/</c>; null when it has none there, and comes from elsewhere.</summary>
    public string? Staged { get; init; }

    /// <summary>What it is called in <c>tmp/</c> when a crash takes it back there; null: its base name.</summary>
    public string? Aside { get; init; }

    /// <summary>Whether somebody was told of it where it comes from: without flags it is not recent all the same.</summary>
    public bool IsOld { get; init; }

    /// <summary>The UID it gets if that, and all above it, were never given; 0 for the next one.</summary>
    public uint LeastUid { get; init; }

    /// <summary>Its internal date in seconds since 1970.</summary>
    public long InternalDateSeconds { get; init; } = IndexRecord.UnknownDate;

    /// <summary>The file's length.</summary>
    public long RawOctets { get; init; } = IndexRecord.UnknownOctets;

    /// <summary>The length on the wire.</summary>
    public long WireOctets { get; init; } = IndexRecord.UnknownOctets;

    /// <summary>A message of another mailbox, with what that one's index knows of it.</summary>
    /// <param name="from">That mailbox; it shows the message.</param>
    /// <param name="at">Its place there.</param>
    /// <param name="tree">The tree of the mailbox it comes to.</param>
    /// <param name="place">As <see cref="Place"/>.</param>
    public static Arrival Of(MailboxLook from, int at, TreeRoot tree, Func<DirectoryHandle, string, Errno> place) =>
        Of(from, at, NextName(from, at, tree), place);

    /// <summary>The same of one that is to have a name in <c>tmp/</c>, its base name.</summary>
    /// <param name="from">That mailbox; it shows the message.</param>
    /// <param name="at">Its place there.</param>
    /// <param name="files">The mailbox it comes to.</param>
    public static Arrival Staging(MailboxLook from, int at, MailboxFiles files)
    {
        string baseName = NextName(from, at, files.Tree);
        return Of(from, at, baseName, (part, name) => files.Tmp.TryRenameNew(baseName, part, name)) with { Staged = baseName };
    }

    /// <summary>The same with the flags that the message has in another mailbox now.</summary>
    public Arrival WithFlagsOf(MailboxLook from, uint uid)
    {
        IndexRecord record = from.View.RecordAt(from.View.IndexOf(uid));
        return this with { Flags = record.Flags, Keywords = KeywordsOf(from, record) };
    }

    // An internal date that nobody has looked up is the file's mtime, which goes with it.
    private static Arrival Of(MailboxLook from, int at, string baseName, Func<DirectoryHandle, string, Errno> place)
    {
        IndexRecord record = from.View.RecordAt(at);
        return new Arrival(baseName, record.Flags, KeywordsOf(from, record), place)
        {
            InternalDateSeconds = record.InternalDateSeconds,
            RawOctets = record.RawOctets,
            WireOctets = record.WireOctets,
        };
    }

    private static string NextName(MailboxLook from, int at, TreeRoot tree)
    {
        string name = tree.Names.Next();
        IndexRecord record = from.View.RecordAt(at);
        (long raw, long wire) = (record.RawOctets, record.WireOctets);
        return raw >= 0 && wire >= 0 ? $"{name},S={raw},W={wire}"
            : raw >= 0 ? $"{name},S={raw}"
            : wire >= 0 ? $"{name},W={wire}"
            : name;
    }

    private static string[] KeywordsOf(MailboxLook from, IndexRecord record)
    {
        uint places = from.Keywords.PlacesOf(record.Letters);
        return places == 0 ? [] : [.. from.Keywords.Names.Where((_, at) => (places & (1u << at)) != 0)];
    }
}
