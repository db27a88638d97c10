using Imapd.Protocol.Fetch;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;
using Imapd.Worker.Commands;

namespace Imapd.Worker.Fetch;

/// <summary>Writes FETCH responses (RFC 9051 §7.5.2).</summary>
internal sealed class FetchResponse
{
    private readonly CommandContext _context;
    private readonly ResponseWriter _output;
    private readonly WriterSink _literal;
    private readonly FetchPlan _plan;
    private readonly byte[][] _names;
    private readonly MailboxState _before;
    private readonly MailboxState _state;

    /// <summary>Prepares to write.</summary>
    /// <param name="context">The session.</param>
    /// <param name="plan">What is asked for.</param>
    /// <param name="before">The mailbox before messages became <c>\Seen</c> by this command.</param>
    /// <param name="state">The mailbox now.</param>
    public FetchResponse(CommandContext context, FetchPlan plan, MailboxState before, MailboxState state)
    {
        _context = context;
        _output = context.Output;
        _literal = new WriterSink(_output);
        _plan = plan;
        _names = [.. plan.Items.Select(item => item is BodyItem ? NameOf(item, _output.Utf8) : [])];
        _before = before;
        _state = state;
    }

    /// <summary>Writes the response for a message, if there is anything to say.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="uid">Its UID.</param>
    /// <param name="index">Its place in the state; -1 when it is gone and nothing but its UID is asked for.</param>
    /// <param name="message">What was looked up.</param>
    /// <exception cref="StoreException">The file could not be read to the end.</exception>
    public void Write(SeqNum number, Uid uid, int index, FetchedMessage message)
    {
        bool tellsChange = _plan.SetsSeen && !_plan.TellsFlags && FlagsChanged(uid, index);
        if (!tellsChange && HasNothingToTell(message))
        {
            return;
        }

        _output.Raw("* "u8).Number(number.Value).Raw(" FETCH ("u8);
        bool isFirst = true;
        for (int i = 0; i < _plan.Items.Count; i++)
        {
            if (!message.IsOmitted(i))
            {
                Separate(ref isFirst);
                WriteItem(i, uid, index, message);
            }
        }

        if (tellsChange)
        {
            Separate(ref isFirst);
            WriteFlags(uid, index);
        }

        _output.Raw(")\r\n"u8);
    }

    private void Separate(ref bool isFirst)
    {
        if (!isFirst)
        {
            _output.Sp();
        }

        isFirst = false;
    }

    private void WriteItem(int place, Uid uid, int index, FetchedMessage message)
    {
        FetchItem item = _plan.Items[place];
        switch (item)
        {
            case UidItem:
                _output.Raw("UID "u8).Number(uid.Value);
                break;
            case FlagsItem:
                WriteFlags(uid, index);
                break;
            case InternalDateItem:
                _output.Raw("INTERNALDATE "u8);
                ImapDate.Write(_output, message.InternalDate);
                break;
            case SizeItem:
                _output.Raw("RFC822.SIZE "u8).Number((ulong)message.WireOctets);
                break;
            case EnvelopeItem:
                _output.Raw("ENVELOPE "u8);
                WriteForm(message.FormAt(place), item, message);
                break;
            case BodyStructureItem structure:
                _output.Raw(structure.Extended ? "BODYSTRUCTURE "u8 : "BODY "u8);
                WriteForm(message.FormAt(place), item, message);
                break;
            case BodyItem body when message.IsFields(place):
                WriteFields(place, body, message.FieldsAt(place).Span);
                break;
            case BodyItem body:
                WriteBody(place, body, message.SectionAt(place), message.File!);
                break;
            case BinaryItem binary:
                WriteBinary(binary, message.BinaryAt(place));
                break;
            case BinarySizeItem size:
                _output.Raw("BINARY.SIZE"u8);
                size.WriteSection(_output);
                _output.Sp().Number((ulong)(message.BinaryAt(place)?.Octets ?? 0));
                break;
            default:
                throw new InvalidOperationException($"{item.GetType().Name} is parsed but not answered");
        }
    }

    private void WriteFlags(Uid uid, int index)
    {
        _output.Raw("FLAGS "u8);
        _output.Flags(_state.FlagsAt(index), _state.Keywords, !_context.State.IsRev2 && _state.IsRecentAt(index));
        _context.Selected!.FlagsWereTold(uid, _state.ModSeqAt(index));
    }

    private void WriteForm(WireForm form, FetchItem item, FetchedMessage message)
    {
        if (form.IsHeld)
        {
            _output.Raw(form.Octets);
        }
        else if (item is BodyStructureItem structure)
        {
            BodyStructure.Write(_output, message.Root!, structure.Extended);
        }
        else
        {
            Envelope.Write(_output, message.Header);
        }
    }

    // As the answer repeats it: "BODY[1.MIME]", or the name it was asked for by.
    private static byte[] NameOf(FetchItem item, bool utf8)
    {
        var name = new CaptureSink(int.MaxValue);
        var writer = new ResponseWriter(name) { Utf8 = utf8 };
        if (item is BodyItem { Rfc822Name: { } old })
        {
            writer.Raw(old);
        }
        else if (item is BodyItem body)
        {
            writer.Raw("BODY"u8);
            body.Section.Write(writer);
        }

        writer.Flush();
        return name.Octets.ToArray();
    }

    private void WriteFields(int place, BodyItem item, ReadOnlySpan<byte> fields)
    {
        _output.Raw(_names[place]);
        if (TryBeginContent(item.Partial, fields.Length, isBinary: false, out long first, out long octets))
        {
            _literal.Write(fields.Slice((int)first, (int)octets));
        }
    }

    private void WriteBody(int place, BodyItem item, SectionContent? content, MessageFile file)
    {
        _output.Raw(_names[place]);
        if (TryBeginContent(item.Partial, content?.WireOctets, isBinary: false, out long first, out long octets))
        {
            content!.CopyTo(file, _literal, first, octets);
        }
    }

    private void WriteBinary(BinaryItem item, BinaryContent? content)
    {
        _output.Raw("BINARY"u8);
        item.WriteSection(_output);
        if (TryBeginContent(item.Partial, content?.Octets, content?.HasNul ?? false, out long first, out long octets))
        {
            content!.CopyTo(_output, first, octets);
        }
    }

    /// <summary>
    /// Writes what stands before the octets. No literal is begun where there are none: NIL stands for a part that is not
    /// there, the empty string for nothing in it, also beyond its end (RFC 9051 §6.4.5).
    /// </summary>
    private bool TryBeginContent(Partial? partial, long? available, bool isBinary, out long first, out long octets)
    {
        first = partial?.First ?? 0;
        octets = Math.Min(partial?.Octets ?? long.MaxValue, Math.Max(0, (available ?? 0) - first));
        if (partial is not null)
        {
            _output.Raw("<"u8).Number((ulong)first).Raw(">"u8);
        }

        if (octets == 0)
        {
            _output.Raw(available is null ? " NIL"u8 : " \"\""u8);
            return false;
        }

        _output.Sp().LiteralHeader(octets, isBinary);
        return true;
    }

    private bool FlagsChanged(Uid uid, int index)
    {
        int before = _before.IndexOf(uid);
        return before < 0 || _before.FlagsAt(before) != _state.FlagsAt(index);
    }

    private bool HasNothingToTell(FetchedMessage message)
    {
        for (int i = 0; i < _plan.Items.Count; i++)
        {
            if (!message.IsOmitted(i) && (_plan.Items[i] is not UidItem || !_plan.NeedsRecord))
            {
                return false;
            }
        }

        return true;
    }
}
