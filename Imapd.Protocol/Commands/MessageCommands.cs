using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>EXPUNGE and UID EXPUNGE (RFC 9051 §6.4.3, §6.4.9).</summary>
/// <param name="Uids">Only among these; null for EXPUNGE.</param>
public sealed record ExpungeCommand(SequenceSet? Uids) : Command;

/// <summary>COPY and UID COPY (RFC 9051 §6.4.7).</summary>
/// <param name="ByUid">Whether the set holds UIDs.</param>
/// <param name="Set">Which messages.</param>
/// <param name="Name">Where to.</param>
public sealed record CopyCommand(bool ByUid, SequenceSet Set, MailboxName Name) : Command;

/// <summary>MOVE and UID MOVE (RFC 9051 §6.4.8).</summary>
/// <param name="ByUid">Whether the set holds UIDs.</param>
/// <param name="Set">Which messages.</param>
/// <param name="Name">Where to.</param>
public sealed record MoveCommand(bool ByUid, SequenceSet Set, MailboxName Name) : Command;

/// <summary>How the commands that take messages elsewhere are written.</summary>
internal static class MessageCommandsGrammar
{
    // uid-expunge = "EXPUNGE" SP sequence-set
    public static ExpungeCommand ReadUidExpunge(CommandReader reader) => new(ReadSet(reader));

    // copy = "COPY" SP sequence-set SP mailbox
    public static CopyCommand ReadCopy(CommandReader reader, ParserOptions options, bool byUid)
    {
        SequenceSet set = ReadSet(reader);
        reader.ReadSp();
        return new CopyCommand(byUid, set, MailboxGrammar.Read(reader, options.Utf8));
    }

    // move = "MOVE" SP sequence-set SP mailbox
    public static MoveCommand ReadMove(CommandReader reader, ParserOptions options, bool byUid)
    {
        SequenceSet set = ReadSet(reader);
        reader.ReadSp();
        return new MoveCommand(byUid, set, MailboxGrammar.Read(reader, options.Utf8));
    }

    private static SequenceSet ReadSet(CommandReader reader)
    {
        reader.ReadSp();
        return SequenceSetGrammar.Read(reader);
    }
}
