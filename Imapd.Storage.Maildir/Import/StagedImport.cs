using System.Globalization;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Import;

/// <summary>A message of an mbox, whole and durable in <c>tmp/</c> of the mailbox it is to come into.</summary>
/// <param name="Staged">Its name there.</param>
/// <param name="BaseName">Its base name in the mailbox. It follows from the message alone: the same message read again gets the same.</param>
/// <param name="Flags">Its system flags.</param>
/// <param name="Keywords">Its keywords.</param>
/// <param name="IsOld">Whether somebody has been told of it, so that it is not recent.</param>
/// <param name="Uid">Its UID in the mbox; 0 for none.</param>
/// <param name="DateSeconds">Its internal date.</param>
/// <param name="RawOctets">The file's length.</param>
/// <param name="WireOctets">The length on the wire.</param>
internal sealed record StagedImport(
    string Staged,
    string BaseName,
    SystemFlags Flags,
    IReadOnlyList<string> Keywords,
    bool IsOld,
    uint Uid,
    long DateSeconds,
    long RawOctets,
    long WireOctets)
{
    /// <summary>It as a message that comes into its mailbox.</summary>
    /// <param name="files">The mailbox.</param>
    /// <param name="leastUid">The UID it is to have if that is not given yet.</param>
    public Arrival Arrive(MailboxFiles files, uint leastUid) =>
        new(BaseName, Flags, Keywords, (part, name) => files.Tmp.TryRenameNew(Staged, part, name))
        {
            Aside = Staged,
            IsOld = IsOld,
            LeastUid = leastUid,
            InternalDateSeconds = DateSeconds,
            RawOctets = RawOctets,
            WireOctets = WireOctets,
        };
}

/// <summary>Writes messages of one mbox to <c>tmp/</c>, and finds names for them.</summary>
/// <param name="files">The mailbox.</param>
internal sealed class ImportStaging(MailboxFiles files)
{
    // Names of ours look so; the host's part says that no host made them.
    private const string NameEnd = ".mbox";

    private readonly Dictionary<string, int> _sameSoFar = [];

    /// <summary>Whether a base name was made by an import.</summary>
    public static bool IsOurs(ReadOnlySpan<char> baseName) => baseName.Contains(NameEnd + ",S=", StringComparison.Ordinal);

    /// <summary>Writes one message.</summary>
    /// <returns>Null when it turns out to be none.</returns>
    public StagedImport? Stage(MboxReader reader, DateTimeOffset date, out MboxFields fields)
    {
        using var message = new IncomingMessage(files, FlagSet.Empty, date);
        var sink = new CheckedSink(message);
        fields = reader.Read(sink);
        if (fields.IsInternalData)
        {
            return null;
        }

        message.Complete();
        message.IsGivenAway = true;
        string which = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(date.ToUnixTimeSeconds(), 0)}.C{sink.Checksum:x8}L{message.WireOctets}");

        // Messages that are alike are told apart by their order, which an mbox keeps.
        int number = _sameSoFar.GetValueOrDefault(which);
        _sameSoFar[which] = number + 1;
        string end = string.Create(CultureInfo.InvariantCulture, $"Q{number}{NameEnd},S={message.RawOctets},W={message.WireOctets}");
        return new(
            message.Name, which + end, fields.Flags, fields.Keywords, fields.IsOld, fields.Uid, message.InternalDateSeconds,
            message.RawOctets, message.WireOctets);
    }

    /// <summary>Removes messages from <c>tmp/</c> that have not come in.</summary>
    public void Discard(IEnumerable<StagedImport> messages)
    {
        foreach (StagedImport message in messages)
        {
            files.Tmp.TryUnlink(message.Staged);
        }
    }

    private sealed class CheckedSink(IncomingMessage message) : IOctetSink
    {
        public uint Checksum { get; private set; }

        public void Write(ReadOnlySpan<byte> octets)
        {
            Checksum = Index.Checksum.Of(Checksum, octets);
            message.Write(octets);
        }
    }
}
