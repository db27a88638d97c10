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

            SetsSeen |= !isReadOnly && IsReading(item);
            TellsFlags |= item is FlagsItem;
            TellsInternalDate |= item is InternalDateItem;
            TellsSize |= item is SizeItem;
        }

        if (command.ByUid && !items.Contains(new UidItem()))
        {
            items.Insert(0, new UidItem());
        }

        Items = items;
        Needs = [.. items.Select(NeedOf)];
        NeedsRecord = items.Exists(item => item is not UidItem);
        NeedsLookUp = TellsInternalDate || TellsSize || Needs.Any(static need => need != MessageNeed.Nothing);
    }

    /// <summary>The items to answer with, UID among them in UID FETCH (RFC 9051 §6.4.9).</summary>
    public IReadOnlyList<FetchItem> Items { get; }

    /// <summary>Whether anything but the UID is asked for, which is known also of messages that are gone.</summary>
    public bool NeedsRecord { get; }

    /// <summary>What each item needs when nothing is remembered of a message.</summary>
    public IReadOnlyList<MessageNeed> Needs { get; }

    /// <summary>Whether more is asked for than the mailbox's picture holds.</summary>
    public bool NeedsLookUp { get; }

    /// <summary>Whether the messages become <c>\Seen</c> by it (RFC 9051 §6.4.5).</summary>
    public bool SetsSeen { get; }

    /// <summary>Whether FLAGS were asked for.</summary>
    public bool TellsFlags { get; }

    /// <summary>Whether INTERNALDATE was asked for.</summary>
    public bool TellsInternalDate { get; }

    /// <summary>Whether RFC822.SIZE was asked for.</summary>
    public bool TellsSize { get; }

    /// <summary>What picks the fields for an item that names some of the message's header; null for other items.</summary>
    public static FieldSelector? SelectorOf(FetchItem item) =>
        item is BodyItem { Section: { Part.Count: 0, Text: SectionText.HeaderFields or SectionText.HeaderFieldsNot } section }
            ? new FieldSelector(section)
            : null;

    private static MessageNeed NeedOf(FetchItem item) => item switch
    {
        EnvelopeItem => MessageNeed.Header,
        BodyStructureItem => MessageNeed.Scan,
        BodyItem { Section: { Part.Count: 0, Text: SectionText.Whole } } => MessageNeed.File,
        BodyItem { Section.Part.Count: 0 } => MessageNeed.Header,
        BinaryItem { Part.Count: 0 } or BinarySizeItem { Part.Count: 0 } => MessageNeed.File,
        BodyItem or BinaryItem or BinarySizeItem => MessageNeed.Parts,
        _ => MessageNeed.Nothing,
    };

    // RFC822.HEADER leaves \Seen as it is (RFC 3501 §6.4.5), also where its record does not say PEEK.
    private static bool IsReading(FetchItem item) => item switch
    {
        BodyItem body => !body.Peek && body.Rfc822Name != "RFC822.HEADER",
        BinaryItem binary => !binary.Peek,
        _ => false,
    };
}
