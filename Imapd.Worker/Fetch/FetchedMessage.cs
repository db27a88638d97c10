using Imapd.Protocol.Fetch;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Cache;

namespace Imapd.Worker.Fetch;

/// <summary>
/// What a FETCH response tells of a message beyond its record. Everything that may fail is looked up before the response
/// is begun, because what is written cannot be taken back. One for a whole command.
/// </summary>
/// <remarks>
/// The file is opened only for what is not remembered, and what reading it brings to light is remembered. Answers are the
/// same either way, octet for octet.
/// </remarks>
internal sealed class FetchedMessage
{
    private static readonly object Omitted = new();

    private readonly Mailbox _mailbox;
    private readonly long _sizeLimit;
    private readonly FetchPlan _plan;
    private readonly CacheFill _fill;
    private readonly object?[] _contents;
    private readonly WireForm?[] _forms;
    private readonly FieldSelector?[] _selectors;
    private readonly ReadOnlyMemory<byte>[] _selected;

    /// <summary>Prepares for a command.</summary>
    /// <param name="mailbox">Where the messages are.</param>
    /// <param name="plan">What is asked for.</param>
    /// <param name="utf8">Whether the client may be sent UTF-8 in quoted strings.</param>
    /// <param name="sizeLimit">The largest size that the client can be told.</param>
    public FetchedMessage(Mailbox mailbox, FetchPlan plan, bool utf8, long sizeLimit)
    {
        _mailbox = mailbox;
        _sizeLimit = sizeLimit;
        _plan = plan;
        _fill = new CacheFill(mailbox.Cache);
        _contents = new object?[plan.Items.Count];
        _forms = [.. plan.Items.Select(item => item is EnvelopeItem or BodyStructureItem ? new WireForm(item, utf8) : null)];
        _selectors = [.. plan.Items.Select(FetchPlan.SelectorOf)];
        _selected = new ReadOnlyMemory<byte>[plan.Items.Count];
    }

    /// <summary>The open file; null when none is needed.</summary>
    public MessageFile? File { get; private set; }

    /// <summary>The structure, or the header alone, as far as it is not remembered what is made of it.</summary>
    public MimeEntity? Root { get; private set; }

    /// <summary>The message's header, or what is remembered of it; for items whose form is too large to be held.</summary>
    public ReadOnlyMemory<byte> Header { get; private set; }

    /// <summary>The internal date, in the server's time zone.</summary>
    public DateTimeOffset InternalDate { get; private set; }

    /// <summary>The size on the wire.</summary>
    public long WireOctets { get; private set; }

    /// <summary>Why an item of some message has no answer, the first one; null when all have.</summary>
    public ItemRefusedException? Refused { get; private set; }

    /// <summary>Whether the item at a place of the plan has no answer.</summary>
    public bool IsOmitted(int item) => ReferenceEquals(_contents[item], Omitted);

    /// <summary>ENVELOPE, BODYSTRUCTURE or BODY.</summary>
    public WireForm FormAt(int item) => _forms[item]!;

    /// <summary>Whether a BODY item names fields of the message's header; then <see cref="FieldsAt"/> has them.</summary>
    public bool IsFields(int item) => _selectors[item] is not null;

    /// <summary>The fields that a BODY item names, with the blank line.</summary>
    public ReadOnlyMemory<byte> FieldsAt(int item) => _selected[item];

    /// <summary>The octets for a BODY item; null when there is no such part.</summary>
    public SectionContent? SectionAt(int item) => (SectionContent?)_contents[item];

    /// <summary>The octets for a BINARY item; null when there is no such part.</summary>
    public BinaryContent? BinaryAt(int item) => (BinaryContent?)_contents[item];

    /// <summary>Finds out what the plan needs to know; <see cref="Close"/> afterwards.</summary>
    /// <param name="uid">The message.</param>
    /// <param name="state">The mailbox.</param>
    /// <param name="index">The message's place in it; -1 when it is gone and nothing is asked for that must be looked up.</param>
    /// <exception cref="StoreException">The message is gone or cannot be read.</exception>
    public void LookUp(Uid uid, MailboxState state, int index)
    {
        if (!_plan.NeedsLookUp)
        {
            return;
        }

        Array.Clear(_contents);
        CachedMessage known = _mailbox.Cache.Load(uid);
        OmitTooLargeStructures(index < 0 ? -1 : Math.Max(state.WireOctetsAt(index), known.WireOctets));
        MessageNeed need = FindNeed(known);
        if (need != MessageNeed.Nothing)
        {
            File = _mailbox.Open(uid);
            if (known.IsEmpty || known.IsOf(File))
            {
                File.Recall(known);
            }
            else
            {
                known.Clear();
                need = FindNeed(known);
            }

            Root = need switch
            {
                MessageNeed.Scan => File.Structure(),
                MessageNeed.Parts => File.Parts(),
                MessageNeed.Header => File.MessageHeader(),
                _ => null,
            };
        }

        LookUpContents(known);
        LookUpRecord(uid, state, index, known);
        _fill.Add(uid, known, File, Root, _forms);
    }

    /// <summary>Closes the file.</summary>
    public void Close()
    {
        File?.Dispose();
        File = null;
        Root = null;
    }

    // Their numbers may be beyond the limit, and what is remembered of them is the same for every client.
    private void OmitTooLargeStructures(long octets)
    {
        for (int i = 0; i < _forms.Length && octets > _sizeLimit; i++)
        {
            if (_plan.Items[i] is BodyStructureItem)
            {
                _contents[i] = Omitted;
                Refused ??= SizeLimit.TooLarge();
            }
        }
    }

    private MessageNeed FindNeed(CachedMessage known)
    {
        bool hasHeaders = known.Has(CacheKind.Headers);
        MessageNeed most = MessageNeed.Nothing;
        for (int i = 0; i < _forms.Length; i++)
        {
            MessageNeed need = _plan.Needs[i];
            bool isKnown = _forms[i] is { } form
                ? form.TryRecall(known) || IsOmitted(i) || (hasHeaders && need == MessageNeed.Header)
                : hasHeaders && _selectors[i] is { IsCommon: true };
            most = !isKnown && need > most ? need : most;
        }

        return most;
    }

    private void LookUpContents(CachedMessage known)
    {
        Header = HeaderFor(known);
        for (int i = 0; i < _contents.Length; i++)
        {
            if (_forms[i] is { } form)
            {
                if (!form.IsHeld && !IsOmitted(i))
                {
                    Make(form, _plan.Items[i]);
                }
            }
            else if (_selectors[i] is { } selector)
            {
                _selected[i] = selector.Select(Header);
            }
            else if (File is not null)
            {
                _contents[i] = ContentOf(_plan.Items[i], File);
            }
        }
    }

    // What is remembered of a header has all that ENVELOPE and the common fields are made of.
    private ReadOnlyMemory<byte> HeaderFor(CachedMessage known)
    {
        bool isNeeded = false;
        bool isReducedEnough = true;
        for (int i = 0; i < _forms.Length; i++)
        {
            isNeeded |= _selectors[i] is not null || (_forms[i] is { IsHeld: false } && _plan.Items[i] is EnvelopeItem);
            isReducedEnough &= _selectors[i] is not { IsCommon: false };
        }

        if (!isNeeded)
        {
            return default;
        }

        return isReducedEnough && known.TryGetMemory(CacheKind.Headers, out ReadOnlyMemory<byte> reduced)
            ? reduced
            : File!.HeaderOf(Root!);
    }

    private void Make(WireForm form, FetchItem item)
    {
        if (item is EnvelopeItem)
        {
            form.MakeEnvelope(Header);
        }
        else
        {
            form.MakeStructure(Root!);
        }
    }

    private void LookUpRecord(Uid uid, MailboxState state, int index, CachedMessage known)
    {
        if (_plan.TellsInternalDate)
        {
            DateTimeOffset date = state.InternalDateAt(index)
                ?? known.InternalDate
                ?? File?.InternalDate
                ?? _mailbox.InternalDate(uid);
            InternalDate = date.ToLocalTime();
        }

        if (_plan.TellsSize)
        {
            // The file that is open for BODY[] knows how long the literal will be, and RFC822.SIZE must say the same.
            WireOctets = File?.WireOctets ?? -1;
            WireOctets = WireOctets < 0 ? _mailbox.KnownWireOctets(state, index) : WireOctets;
            WireOctets = WireOctets < 0 && state.WireOctetsAt(index) < 0 ? known.WireOctets : WireOctets;
            WireOctets = WireOctets < 0 ? _mailbox.WireOctets(uid) : WireOctets;
            WireOctets = Math.Min(WireOctets, _sizeLimit);
        }
    }

    private object? ContentOf(FetchItem item, MessageFile file)
    {
        try
        {
            switch (item)
            {
                case BodyItem body:
                    SectionContent? section = SectionContent.Find(file, Root, body.Section);
                    SizeLimit.Ensure(section?.WireOctets ?? 0, body.Partial, _sizeLimit);
                    return section;
                case BinaryItem binary:
                    BinaryContent? decoded = BinaryContent.Find(file, Root, binary.Part);
                    SizeLimit.Ensure(decoded?.Octets ?? 0, binary.Partial, _sizeLimit);
                    return decoded;
                case BinarySizeItem size:
                    BinaryContent? counted = BinaryContent.Find(file, Root, size.Part);
                    SizeLimit.Ensure(counted?.Octets ?? 0, null, _sizeLimit);
                    return counted;
                default:
                    return null;
            }
        }
        catch (ItemRefusedException refused)
        {
            Refused ??= refused;
            return Omitted;
        }
    }
}
