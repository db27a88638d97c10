using Imapd.Protocol.Commands;
using Imapd.Protocol.Fetch;

namespace Imapd.Worker.Fetch;

/// <summary>What a FETCH needs of every message, found out once.</summary>
internal sealed class FetchPlan
{
    /// <summary>Reads the items of a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isReadOnly">Whether the mailbox was opened by EXAMINE: then nothing becomes <c>\Seen</c>.</param>
    public FetchPlan(FetchCommand command, bool isReadOnly)
    {
        var items = new List<FetchItem>();
        foreach (FetchItem item in command.Items)
        {
            // An item asked for twice is answered once, where records tell that it is the same.
            if (!items.Contains(item))
            {
                items.Add(item);
            }

            NeedsFile |= item is EnvelopeItem or BodyStructureItem or BodyItem or BinaryItem or BinarySizeItem;
            NeedsStructure |= NeedsParts(item);
            SetsSeen |= !isReadOnly && IsReading(item);
            NeedsHeader |= item is EnvelopeItem or BodyItem { Section.Text: not SectionText.Whole };
            TellsFlags |= item is FlagsItem;
            TellsInternalDate |= item is InternalDateItem;
            TellsSize |= item is SizeItem;
        }

        if (command.ByUid && !items.Contains(new UidItem()))
        {
            items.Insert(0, new UidItem());
        }

        Items = items;
        NeedsRecord = items.Exists(item => item is not UidItem);
    }

    /// <summary>The items to answer with, UID among them in UID FETCH (RFC 9051 §6.4.9).</summary>
    public IReadOnlyList<FetchItem> Items { get; }

    /// <summary>Whether anything but the UID is asked for, which is known also of messages that are gone.</summary>
    public bool NeedsRecord { get; }

    /// <summary>Whether the message's file must be read.</summary>
    public bool NeedsFile { get; }

    /// <summary>Whether all of the file must be scanned for its parts; at most its header otherwise.</summary>
    public bool NeedsStructure { get; }

    /// <summary>Whether the message's header must be read.</summary>
    public bool NeedsHeader { get; }

    /// <summary>Whether the messages become <c>\Seen</c> by it (RFC 9051 §6.4.5).</summary>
    public bool SetsSeen { get; }

    /// <summary>Whether FLAGS were asked for.</summary>
    public bool TellsFlags { get; }

    /// <summary>Whether INTERNALDATE was asked for.</summary>
    public bool TellsInternalDate { get; }

    /// <summary>Whether RFC822.SIZE was asked for.</summary>
    public bool TellsSize { get; }

    private static bool NeedsParts(FetchItem item) => item switch
    {
        BodyStructureItem => true,
        BodyItem body => body.Section.Part.Count > 0,
        BinaryItem binary => binary.Part.Count > 0,
        BinarySizeItem size => size.Part.Count > 0,
        _ => false,
    };

    // RFC822.HEADER leaves \Seen as it is (RFC 3501 §6.4.5), also where its record does not say PEEK.
    private static bool IsReading(FetchItem item) => item switch
    {
        BodyItem body => !body.Peek && body.Rfc822Name != "RFC822.HEADER",
        BinaryItem binary => !binary.Peek,
        _ => false,
    };
}
