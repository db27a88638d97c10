using Imapd.Protocol.Fetch;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Fetch;

/// <summary>
/// What a FETCH response tells of a message beyond its record. Everything that may fail is looked up before the response
/// is begun, because what is written cannot be taken back. One for a whole command.
/// </summary>
internal sealed class FetchedMessage(Mailbox mailbox, FetchPlan plan)
{
    private static readonly object Omitted = new();

    private readonly object?[] _contents = new object?[plan.Items.Count];

    /// <summary>The open file; null when the plan needs none.</summary>
    public MessageFile? File { get; private set; }

    /// <summary>The structure, or the header alone, as the plan needs it.</summary>
    public MimeEntity? Root { get; private set; }

    /// <summary>The internal date, in the server's time zone.</summary>
    public DateTimeOffset InternalDate { get; private set; }

    /// <summary>The size on the wire.</summary>
    public long WireOctets { get; private set; }

    /// <summary>Why an item of some message has no answer, the first one; null when all have.</summary>
    public BinaryRefusedException? Refused { get; private set; }

    /// <summary>Whether the item at a place of the plan has no answer.</summary>
    public bool IsOmitted(int item) => ReferenceEquals(_contents[item], Omitted);

    /// <summary>The octets for a BODY item; null when there is no such part.</summary>
    public SectionContent? SectionAt(int item) => (SectionContent?)_contents[item];

    /// <summary>The octets for a BINARY item; null when there is no such part.</summary>
    public BinaryContent? BinaryAt(int item) => (BinaryContent?)_contents[item];

    /// <summary>Finds out what the plan needs to know; <see cref="Close"/> afterwards.</summary>
    /// <exception cref="StoreException">The message is gone or cannot be read.</exception>
    public void LookUp(Uid uid)
    {
        InternalDate = plan.TellsInternalDate ? mailbox.InternalDate(uid).ToLocalTime() : default;
        if (plan.NeedsFile)
        {
            File = mailbox.Open(uid);
            Root = plan.NeedsStructure ? File.Structure()
                : plan.NeedsHeader ? MessageHeader.Read(File)
                : null;
            for (int i = 0; i < _contents.Length; i++)
            {
                _contents[i] = ContentOf(plan.Items[i], File);
            }
        }

        // The file that is open for BODY[] knows how long the literal will be, and RFC822.SIZE must say the same.
        WireOctets = !plan.TellsSize ? 0 : File?.WireOctets ?? mailbox.WireOctets(uid);
    }

    /// <summary>Closes the file.</summary>
    public void Close()
    {
        File?.Dispose();
        File = null;
        Root = null;
    }

    private object? ContentOf(FetchItem item, MessageFile file)
    {
        try
        {
            return item switch
            {
                BodyItem body => SectionContent.Find(file, Root, body.Section),
                BinaryItem binary => BinaryContent.Find(file, Root, binary.Part),
                BinarySizeItem size => BinaryContent.Find(file, Root, size.Part),
                _ => null,
            };
        }
        catch (BinaryRefusedException refused)
        {
            Refused ??= refused;
            return Omitted;
        }
    }
}
