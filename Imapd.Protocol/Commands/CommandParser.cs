using System.Collections.Frozen;
using System.Text;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>Makes a command's octets its meaning (RFC 9051 §9, and what RFC 3501 §9 has beyond it).</summary>
public static class CommandParser
{
    private const int MaxUnknownNameOctets = 32;

    private static readonly FrozenDictionary<string, Func<CommandReader, ParserOptions, Command>> Rules =
        new Dictionary<string, Func<CommandReader, ParserOptions, Command>>
        {
            ["CAPABILITY"] = static (_, _) => new CapabilityCommand(),
            ["NOOP"] = static (_, _) => new NoopCommand(),
            ["LOGOUT"] = static (_, _) => new LogoutCommand(),
            ["STARTTLS"] = static (_, _) => new StartTlsCommand(),
            ["IDLE"] = static (_, _) => new IdleCommand(),
            ["CHECK"] = static (_, _) => new CheckCommand(),
            ["CLOSE"] = static (_, _) => new CloseCommand(),
            ["UNSELECT"] = static (_, _) => new UnselectCommand(),
            ["NAMESPACE"] = static (_, _) => new NamespaceCommand(),
            ["ID"] = static (reader, _) => IdGrammar.ReadId(reader),
            ["LOGIN"] = static (reader, _) => LoginGrammar.ReadLogin(reader),
            ["AUTHENTICATE"] = static (reader, _) => LoginGrammar.ReadAuthenticate(reader),
            ["ENABLE"] = static (reader, _) => EnableGrammar.ReadEnable(reader),
            ["SELECT"] = static (reader, options) => SelectGrammar.ReadSelect(reader, options, readOnly: false),
            ["EXAMINE"] = static (reader, options) => SelectGrammar.ReadSelect(reader, options, readOnly: true),
            ["CREATE"] = MailboxCommandsGrammar.ReadCreate,
            ["DELETE"] = MailboxCommandsGrammar.ReadDelete,
            ["RENAME"] = MailboxCommandsGrammar.ReadRename,
            ["SUBSCRIBE"] = MailboxCommandsGrammar.ReadSubscribe,
            ["UNSUBSCRIBE"] = MailboxCommandsGrammar.ReadUnsubscribe,
            ["LIST"] = ListGrammar.ReadList,
            ["LSUB"] = ListGrammar.ReadLsub,
            ["STATUS"] = StatusGrammar.ReadStatus,
            ["APPEND"] = AppendGrammar.ReadAppend,
            ["EXPUNGE"] = static (_, _) => new ExpungeCommand(null),
            ["UID EXPUNGE"] = static (reader, _) => MessageCommandsGrammar.ReadUidExpunge(reader),
            ["SEARCH"] = static (reader, options) => SearchGrammar.ReadSearch(reader, options, byUid: false),
            ["UID SEARCH"] = static (reader, options) => SearchGrammar.ReadSearch(reader, options, byUid: true),
            ["FETCH"] = static (reader, _) => FetchGrammar.ReadFetch(reader, byUid: false),
            ["UID FETCH"] = static (reader, _) => FetchGrammar.ReadFetch(reader, byUid: true),
            ["STORE"] = static (reader, _) => StoreGrammar.ReadStore(reader, byUid: false),
            ["UID STORE"] = static (reader, _) => StoreGrammar.ReadStore(reader, byUid: true),
            ["COPY"] = static (reader, options) => MessageCommandsGrammar.ReadCopy(reader, options, byUid: false),
            ["UID COPY"] = static (reader, options) => MessageCommandsGrammar.ReadCopy(reader, options, byUid: true),
            ["MOVE"] = static (reader, options) => MessageCommandsGrammar.ReadMove(reader, options, byUid: false),
            ["UID MOVE"] = static (reader, options) => MessageCommandsGrammar.ReadMove(reader, options, byUid: true),
        }.ToFrozenDictionary();

    // command = tag SP (command-any / command-auth / command-nonauth / command-select) CRLF
    /// <summary>Parses one whole command.</summary>
    /// <param name="command">As <see cref="CommandAssembler.Command"/> has it; nothing of it is referred to afterwards.</param>
    /// <param name="options">What the meaning depends on.</param>
    /// <exception cref="ImapSyntaxException">It is not the grammar.</exception>
    /// <exception cref="ImapRefusedException">It is, and names what can never be.</exception>
    public static TaggedCommand Parse(ReadOnlyMemory<byte> command, ParserOptions options)
    {
        var reader = new CommandReader(command, options.Limits.MaxDepth);
        string tag = ReadTag(reader);
        reader.ReadSp();
        string name = ReadName(reader);
        if (!Rules.TryGetValue(name, out Func<CommandReader, ParserOptions, Command>? readArguments))
        {
            if (!reader.IsAtEnd)
            {
                reader.ReadSp();
            }

            return new TaggedCommand(tag, new UnknownCommand(name[..Math.Min(name.Length, MaxUnknownNameOctets)]));
        }

        Command read = readArguments(reader, options);
        reader.ReadEnd();
        return new TaggedCommand(tag, read);
    }

    /// <summary>The names of all commands, in capitals, with UID before those that are written so.</summary>
    public static IEnumerable<string> Names => Rules.Keys;

    /// <summary>Whether there is a command of this name.</summary>
    /// <param name="name">In capitals, with UID before it where it is written so.</param>
    public static bool IsCommand(string name) => Rules.ContainsKey(name);

    /// <summary>The name of a command that may not be whole yet, as far as one can be read; null when none can.</summary>
    /// <param name="partial">The command up to a literal's header: <see cref="CommandAssembler.Partial"/>.</param>
    public static string? NameOf(ReadOnlySpan<byte> partial)
    {
        int end = Math.Min(partial.Length, OctetClasses.MaxTagOctets + MaxUnknownNameOctets);
        var reader = new CommandReader(partial[..end].ToArray(), maxDepth: 1);
        try
        {
            ReadTag(reader);
            reader.ReadSp();
            string name = ReadName(reader);
            return reader.IsAtEnd || reader.Peek() == ' ' ? name : null;
        }
        catch (ImapSyntaxException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether the literal announced behind <paramref name="partial"/> is the message of an APPEND, which is streamed.
    /// Also true when the APPEND is one that <see cref="ParseAppendStart"/> refuses for its mailbox or flags.
    /// </summary>
    /// <param name="partial">The command up to the literal's header: <see cref="CommandAssembler.Partial"/>.</param>
    /// <param name="options">What the meaning depends on.</param>
    public static bool EndsInAppendMessage(ReadOnlySpan<byte> partial, ParserOptions options)
    {
        int tagLength = OctetClasses.TagLength(partial);
        if (!(partial.Length > tagLength && Ascii.EqualsIgnoreCase(NameBehind(partial[(tagLength + 1)..]), "APPEND"u8)))
        {
            return false;
        }

        try
        {
            ParseAppendStart(partial, default, options);
            return true;
        }
        catch (ImapSyntaxException)
        {
            return false;
        }
        catch (ImapRefusedException)
        {
            return true;
        }
    }

    /// <summary>Parses what an APPEND says before its message, so that the message can be streamed to its place.</summary>
    /// <param name="partial">The command up to the literal's header: <see cref="CommandAssembler.Partial"/>.</param>
    /// <param name="literal">What was announced: <see cref="CommandAssembler.Literal"/>.</param>
    /// <param name="options">What the meaning depends on.</param>
    /// <remarks>The whole command is parsed once more when the message has been read, and only then it is known to be one.</remarks>
    /// <exception cref="ImapSyntaxException">It is not an APPEND up to its message, or the message has more than 2^63-1 octets.</exception>
    /// <exception cref="ImapRefusedException">It is, and names what can never be.</exception>
    public static TaggedCommand ParseAppendStart(ReadOnlySpan<byte> partial, LiteralHeader literal, ParserOptions options)
    {
        var reader = new CommandReader(partial.ToArray(), options.Limits.MaxDepth);
        string tag = ReadTag(reader);
        reader.ReadSp();
        if (!reader.TryReadWord("APPEND"u8))
        {
            throw reader.Expected("APPEND");
        }

        AppendCommand append = AppendGrammar.ReadBeforeMessage(reader, options, out _);
        reader.ReadEnd();
        return new TaggedCommand(tag, AppendGrammar.WithMessage(append, literal, reader.Position));
    }

    private static ReadOnlySpan<byte> NameBehind(ReadOnlySpan<byte> behindTag)
    {
        int end = behindTag.IndexOf((byte)' ');
        return end < 0 ? behindTag : behindTag[..end];
    }

    // tag = 1*<any ASTRING-CHAR except "+">
    private static string ReadTag(CommandReader reader)
    {
        int start = reader.Position;
        ReadOnlySpan<byte> tag = reader.ReadRun(OctetClasses.Tag, "a tag");
        return tag.Length <= OctetClasses.MaxTagOctets
            ? Encoding.ASCII.GetString(tag)
            : throw CommandReader.ExpectedAt($"a tag of at most {OctetClasses.MaxTagOctets} octets", start);
    }

    // uid = "UID" SP (copy / move / fetch / search / store / uid-expunge)
    private static string ReadName(CommandReader reader)
    {
        string name = reader.ReadKeyword("a command");
        if (name != "UID")
        {
            return name;
        }

        reader.ReadSp();
        return "UID " + reader.ReadKeyword("a command that takes UIDs");
    }
}
