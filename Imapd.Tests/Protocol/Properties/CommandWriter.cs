using System.Globalization;
using System.Text;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;

namespace Imapd.Tests.Protocol.Properties;

/// <summary>
/// Writes commands as clients do (RFC 9051 §9), so that what was written can be parsed and compared. Literals have their octets
/// behind them, but for the message of an APPEND, as <see cref="Imapd.Protocol.Wire.CommandAssembler.Command"/> has it.
/// </summary>
internal static class CommandWriter
{
    private static readonly (StatusItems Item, string Name)[] StatusNames =
        [.. Enum.GetValues<StatusItems>().Where(item => item != 0).Select(item => (item, item.ToString().ToUpperInvariant()))];

    private static readonly (ListSelection Option, string Name)[] SelectionNames =
    [
        (ListSelection.Subscribed, "SUBSCRIBED"), (ListSelection.Remote, "REMOTE"),
        (ListSelection.RecursiveMatch, "RECURSIVEMATCH"), (ListSelection.SpecialUse, "SPECIAL-USE"),
    ];

    private static readonly (SearchReturn Option, string Name)[] SearchReturns =
        [.. Enum.GetValues<SearchReturn>().Where(option => option != 0).Select(option => (option, option.ToString().ToUpperInvariant()))];

    /// <summary>Writes one, without the line end at its end.</summary>
    public static byte[] Write(TaggedCommand tagged, Random forms, bool utf8)
    {
        var output = new CommandOutput(forms, utf8);
        output.Raw(tagged.Tag).Sp();
        WriteCommand(output, tagged.Command);
        return output.Octets;
    }

    private static void WriteCommand(CommandOutput to, Command command)
    {
        switch (command)
        {
            case IdCommand id:
                WriteId(to, id);
                break;
            case LoginCommand login:
                to.Word("LOGIN").Sp().AString(login.User).Sp().AString(login.Password);
                break;
            case AuthenticateCommand authenticate:
                WriteAuthenticate(to, authenticate);
                break;
            case EnableCommand enable:
                to.Word("ENABLE").Sp().Separated(enable.Capabilities, name => to.Word(name), " ");
                break;
            case SelectCommand select:
                to.Word(select.ReadOnly ? "EXAMINE" : "SELECT").Sp().Mailbox(select.SuppliedName ?? select.Name.Value);
                if (select.Parameters.Count > 0)
                {
                    to.Sp().List(select.Parameters, name => to.Word(name));
                }

                break;
            case CreateCommand create:
                to.Word("CREATE").Sp().Mailbox(create.SuppliedName ?? create.Name.Value);
                if (create.Use != SpecialUse.None || to.Chance(8))
                {
                    to.Sp().Raw("(").Word("USE").Sp().List(Uses(create.Use), use => to.Raw("\\").Word(use)).Raw(")");
                }

                break;
            case DeleteCommand delete:
                to.Word("DELETE").Sp().Mailbox(delete.SuppliedName ?? delete.Name.Value);
                break;
            case RenameCommand rename:
                to.Word("RENAME").Sp().Mailbox(rename.SuppliedName ?? rename.From.Value).Sp().Mailbox(rename.To.Value);
                break;
            case SubscribeCommand subscribe:
                to.Word("SUBSCRIBE").Sp().Mailbox(subscribe.Name.Value);
                break;
            case UnsubscribeCommand unsubscribe:
                to.Word("UNSUBSCRIBE").Sp().Mailbox(unsubscribe.Name.Value);
                break;
            case ListCommand list:
                WriteList(to, list);
                break;
            case LsubCommand lsub:
                to.Word("LSUB").Sp().Mailbox(lsub.Reference).Sp().Pattern(lsub.Pattern);
                break;
            case StatusCommand status:
                to.Word("STATUS").Sp().Mailbox(status.Name.Value).Sp();
                WriteStatusItems(to, status.Items);
                break;
            case AppendCommand append:
                WriteAppend(to, append);
                break;
            case UnknownCommand unknown:
                to.Word(unknown.Name);
                break;
            case ExpungeCommand or SearchCommand or FetchCommand or StoreCommand or CopyCommand or MoveCommand:
                WriteMessageCommand(to, command);
                break;
            default:
                to.Word(command.GetType().Name[..^"Command".Length].ToUpperInvariant());
                break;
        }
    }

    private static void WriteMessageCommand(CommandOutput to, Command command)
    {
        switch (command)
        {
            case ExpungeCommand { Uids: null }:
                to.Word("EXPUNGE");
                break;
            case ExpungeCommand expunge:
                to.Word("UID").Sp().Word("EXPUNGE").Sp().Set(expunge.Uids);
                break;
            case SearchCommand search:
                WriteSearch(to, search);
                break;
            case FetchCommand fetch:
                Name(to, fetch.ByUid, "FETCH").Set(fetch.Set).Sp();
                FetchItemWriter.Write(to, fetch.Items);
                break;
            case StoreCommand store:
                WriteStore(to, store);
                break;
            case CopyCommand copy:
                Name(to, copy.ByUid, "COPY").Set(copy.Set).Sp().Mailbox(copy.Name.Value);
                break;
            case MoveCommand move:
                Name(to, move.ByUid, "MOVE").Set(move.Set).Sp().Mailbox(move.Name.Value);
                break;
        }
    }

    private static CommandOutput Name(CommandOutput to, bool byUid, string name) =>
        byUid ? to.Word("UID").Sp().Word(name).Sp() : to.Word(name).Sp();

    private static string[] Uses(SpecialUse use) => use == SpecialUse.None ? [] : [use.ToString()];

    private static void WriteId(CommandOutput to, IdCommand id)
    {
        to.Word("ID").Sp();
        if (id.Fields is null)
        {
            to.Word("NIL");
            return;
        }

        to.List(id.Fields, field =>
        {
            to.String(Encoding.UTF8.GetBytes(field.Key)).Sp();
            if (field.Value is null)
            {
                to.Word("NIL");
            }
            else
            {
                to.String(Encoding.UTF8.GetBytes(field.Value));
            }
        });
    }

    private static void WriteAuthenticate(CommandOutput to, AuthenticateCommand authenticate)
    {
        to.Word("AUTHENTICATE").Sp().Word(authenticate.Mechanism);
        if (authenticate.InitialResponse is { } response)
        {
            to.Sp().Raw(response.Length == 0 ? "=" : Convert.ToBase64String(response));
        }
    }

    private static void WriteList(CommandOutput to, ListCommand list)
    {
        bool needsReturn = list.Return != ListReturn.None;
        bool needsPatterns = list.Patterns.Count > 1;
        bool needsSelection = list.Selection != ListSelection.None || (list.IsExtended && !needsReturn && !needsPatterns);
        to.Word("LIST").Sp();
        if (needsSelection)
        {
            to.List(SelectionNames.Where(known => list.Selection.HasFlag(known.Option)), known => to.Word(known.Name)).Sp();
        }

        to.Mailbox(list.Reference).Sp();
        if (needsPatterns || (list.IsExtended && to.Chance(2)))
        {
            to.List(list.Patterns, pattern => to.Pattern(pattern));
        }
        else
        {
            to.Pattern(list.Patterns[0]);
        }

        if (needsReturn || (list.IsExtended && to.Chance(2)))
        {
            to.Sp().Word("RETURN").Sp().List(
                Enum.GetValues<ListReturn>().Where(option => option != 0 && list.Return.HasFlag(option)),
                option =>
                {
                    to.Word(option == ListReturn.SpecialUse ? "SPECIAL-USE" : option.ToString().ToUpperInvariant());
                    if (option == ListReturn.Status)
                    {
                        to.Sp();
                        WriteStatusItems(to, list.Status);
                    }
                });
        }
    }

    private static void WriteStatusItems(CommandOutput to, StatusItems items) =>
        to.List(StatusNames.Where(known => items.HasFlag(known.Item)), known => to.Word(known.Name));

    private static void WriteAppend(CommandOutput to, AppendCommand append)
    {
        to.Word("APPEND").Sp().Mailbox(append.SuppliedName ?? append.Name.Value).Sp();
        if (CommandOutput.FlagNames(append.Flags).Count > 0 || to.Chance(4))
        {
            to.Flags(append.Flags).Sp();
        }

        if (append.InternalDate is { } date)
        {
            string zone = date.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
            to.Raw(string.Create(CultureInfo.InvariantCulture, $"\"{date.Day,2}-{date:MMM-yyyy HH:mm:ss} {zone}\" "));
        }

        bool isParenthesised = append.IsBinary && to.Chance(2);
        if (isParenthesised)
        {
            to.Word("UTF8").Raw(" (");
        }

        to.LiteralHeader(append.Octets, append.IsBinary).Raw(isParenthesised ? ")" : "");
    }

    private static void WriteStore(CommandOutput to, StoreCommand store)
    {
        Name(to, store.ByUid, "STORE").Set(store.Set).Sp().Raw(store.Action switch
        {
            StoreAction.Add => "+",
            StoreAction.Remove => "-",
            _ => "",
        });
        to.Word(store.Silent ? "FLAGS.SILENT" : "FLAGS").Sp();
        List<string> names = CommandOutput.FlagNames(store.Flags);
        if (names.Count > 0 && to.Chance(3))
        {
            to.Separated(names, name => to.Raw(name), " ");
        }
        else
        {
            to.Flags(store.Flags);
        }
    }

    private static void WriteSearch(CommandOutput to, SearchCommand search)
    {
        Name(to, search.ByUid, "SEARCH");
        if (search.Return is { } wanted)
        {
            bool isEmpty = wanted == SearchReturn.All && to.Chance(2);
            to.Word("RETURN").Sp().List(
                SearchReturns.Where(known => !isEmpty && wanted.HasFlag(known.Option)), known => to.Word(known.Name)).Sp();
        }

        if (search.Charset is { } charset)
        {
            to.Word("CHARSET").Sp().AString(charset).Sp();
        }

        new SearchKeyWriter(to, search.Charset).WriteKeys(search.Key);
    }
}
