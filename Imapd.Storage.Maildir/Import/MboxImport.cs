using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Import;

/// <summary>What an import has done.</summary>
/// <param name="Added">How many messages came in.</param>
/// <param name="Present">How many were there already, from an import before.</param>
/// <param name="NewUids">How many of those that came in could not keep the UID they have in the mbox.</param>
/// <param name="UidValidity">The mbox's UIDVALIDITY, when the mailbox has it now; null when it has another, or the mbox has none.</param>
/// <param name="LostKeywords">Keywords for which no letter was left.</param>
public sealed record ImportResult(int Added, int Present, int NewUids, uint? UidValidity, IReadOnlyList<string> LostKeywords);

/// <summary>Brings the messages of an mbox into a mailbox, with flags, keywords, internal dates and, where nobody knows UIDs of the mailbox yet, UIDs.</summary>
/// <remarks>
/// A mailbox without UIDs is filled in one piece (<see cref="FirstFill"/>). Otherwise messages come in some at a time, each time all
/// or none; stopped at any moment it can be run again, and adds what is missing: each message has its name from what it says.
/// Memory grows with the number of messages, by about a kilobyte each, not with their size.
/// </remarks>
internal sealed class MboxImport : IDisposable
{
    /// <summary>How many messages come in together.</summary>
    private const int MessagesAtOnce = 500;

    private readonly MailboxFiles _files;
    private readonly MailboxLook _look;
    private readonly ImportStaging _staging;
    private readonly List<StagedImport> _staged = [];
    private readonly HashSet<string> _keywords = new(StringComparer.OrdinalIgnoreCase);
    private MboxUids? _uids;
    private FirstFill? _fill;
    private HashSet<string>? _present;
    private bool _hasUids;
    private int _added;
    private int _skipped;
    private int _newUids;

    private MboxImport(MailboxFiles files)
    {
        _files = files;
        _staging = new ImportStaging(files);

        // Not looked at yet: a look gives UIDs.
        _look = new MailboxLook(files, isReadOnly: true, isWatched: true);
    }

    /// <summary>Runs an import.</summary>
    /// <param name="tree">The mail.</param>
    /// <param name="name">The mailbox, which is there.</param>
    /// <param name="reader">The mbox, of which no message was read yet.</param>
    public static ImportResult Run(TreeRoot tree, MailboxName name, MboxReader reader)
    {
        using var import = new MboxImport(MailboxFiles.Open(tree, name));
        return import.Run(reader);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _staging.Discard(_staged);
        _look.Dispose();
    }

    private ImportResult Run(MboxReader reader)
    {
        bool isFirst = true;
        while (reader.TryBegin(out DateTimeOffset date))
        {
            StagedImport? message = _staging.Stage(reader, date, out MboxFields fields);
            if (isFirst)
            {
                BeginWith(fields.Uids);
                isFirst = false;
            }
            else if (message is null)
            {
                // Internal data of another mbox that was written behind this one.
                continue;
            }

            Take(message);
        }

        if (_fill is null || !TryFill())
        {
            Publish();
        }

        KeywordTable table = KeywordTable.Read(_files.Directory);
        return new ImportResult(
            _added, _skipped, _newUids, _hasUids ? _uids!.UidValidity : null, [.. _keywords.Where(keyword => !table.HasAll([keyword]))]);
    }

    private void BeginWith(MboxUids? uids)
    {
        _uids = uids;
        if (uids is null)
        {
            return;
        }

        var fill = new FirstFill(_files, uids);
        if (fill.IsPossible())
        {
            _fill = fill;
        }
        else if (UidListFile.ReadHeader(_files.Directory)?.UidValidity == uids.UidValidity)
        {
            _hasUids = true;
            fill.NoteUidValidity();
        }
    }

    private void Take(StagedImport? message)
    {
        if (message is null)
        {
            return;
        }

        _staged.Add(message);
        _keywords.UnionWith(message.Keywords);
        if (_fill is null && _staged.Count == MessagesAtOnce)
        {
            Publish();
        }
    }

    private bool TryFill()
    {
        if (!_fill!.TryPublish(_staged))
        {
            return false;
        }

        _added = _staged.Count;
        _hasUids = true;
        _staged.Clear();
        return true;
    }

    private void Publish()
    {
        for (int at = 0; at < _staged.Count; at += MessagesAtOnce)
        {
            Publish(_staged.GetRange(at, Math.Min(MessagesAtOnce, _staged.Count - at)));
        }

        _staging.Discard(_staged);
        _staged.Clear();
    }

    private void Publish(List<StagedImport> batch)
    {
        using LockedMailbox locked = _look.Lock();
        _present ??= NamesOfImports(locked.View);
        List<StagedImport> missing = batch.FindAll(message => !_present.Contains(message.BaseName));
        _skipped += batch.Count - missing.Count;
        if (missing.Count == 0)
        {
            return;
        }

        // Only what the mbox may say of UIDs counts: a message's header is its sender's.
        List<Arrival> arrivals =
            missing.ConvertAll(message => message.Arrive(_files, _hasUids && message.Uid <= _uids!.LastUid ? message.Uid : 0));
        AppendResult result = new Publication(locked).Publish(arrivals, mustKeepKeywords: false);
        _added += missing.Count;
        _newUids += missing.Where((message, at) => message.Uid != 0 && (!_hasUids || result.Uids[at].Value != message.Uid)).Count();
    }

    private static HashSet<string> NamesOfImports(IndexView view)
    {
        HashSet<string> names = [];
        for (int place = 0; place < view.Count; place++)
        {
            ReadOnlySpan<char> baseName = MessageName.Base(view.NameAt(place));
            if (ImportStaging.IsOurs(baseName))
            {
                names.Add(baseName.ToString());
            }
        }

        return names;
    }
}
