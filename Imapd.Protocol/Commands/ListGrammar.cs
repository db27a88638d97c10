using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>How LIST and LSUB are written.</summary>
internal static class ListGrammar
{
    // list        = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]
    // mbox-or-pat = list-mailbox / patterns
    // patterns    = "(" list-mailbox *(SP list-mailbox) ")"
    public static ListCommand ReadList(CommandReader reader, ParserOptions options)
    {
        var selection = ListSelection.None;
        bool isExtended = false;
        reader.ReadSp();
        if (reader.Peek() == '(')
        {
            selection = ReadSelection(reader);
            isExtended = true;
            reader.ReadSp();
        }

        string reference = MailboxGrammar.ReadReference(reader, options.Utf8);
        reader.ReadSp();
        var patterns = new List<string>();
        if (reader.Peek() == '(')
        {
            reader.ReadList(mayBeEmpty: false, () => patterns.Add(MailboxGrammar.ReadPattern(reader, options.Utf8)));
            isExtended = true;
        }
        else
        {
            patterns.Add(MailboxGrammar.ReadPattern(reader, options.Utf8));
        }

        var wanted = ListReturn.None;
        var status = StatusItems.None;
        if (reader.TryRead((byte)' '))
        {
            ReadReturn(reader, ref wanted, ref status);
            isExtended = true;
        }

        return new ListCommand(selection, reference, patterns, wanted, status, isExtended);
    }

    // lsub = "LSUB" SP mailbox SP list-mailbox
    public static LsubCommand ReadLsub(CommandReader reader, ParserOptions options)
    {
        reader.ReadSp();
        string reference = MailboxGrammar.ReadReference(reader, options.Utf8);
        reader.ReadSp();
        return new LsubCommand(reference, MailboxGrammar.ReadPattern(reader, options.Utf8));
    }

    // list-select-opts = "(" [
    //                    (*(list-select-opt SP) list-select-base-opt *(SP list-select-opt))
    //                    / (list-select-independent-opt *(SP list-select-independent-opt))
    //                    ] ")"
    // list-select-base-opt        = "SUBSCRIBED" / option-extension
    // list-select-independent-opt = "REMOTE" / "SPECIAL-USE" / option-extension
    // list-select-mod-opt         = "RECURSIVEMATCH" / option-extension
    private static ListSelection ReadSelection(CommandReader reader)
    {
        var selection = ListSelection.None;
        int start = reader.Position;
        reader.ReadList(mayBeEmpty: true, () =>
        {
            int option = reader.Position;
            selection |= reader.ReadKeyword("a selection option of LIST") switch
            {
                "SUBSCRIBED" => ListSelection.Subscribed,
                "REMOTE" => ListSelection.Remote,
                "RECURSIVEMATCH" => ListSelection.RecursiveMatch,
                "SPECIAL-USE" => ListSelection.SpecialUse,
                _ => throw CommandReader.ExpectedAt("a known selection option of LIST", option),
            };
        });
        bool lacksBase = selection.HasFlag(ListSelection.RecursiveMatch) && !selection.HasFlag(ListSelection.Subscribed);
        return lacksBase ? throw CommandReader.ExpectedAt("SUBSCRIBED with RECURSIVEMATCH", start) : selection;
    }

    // list-return-opts = "RETURN" SP "(" [return-option *(SP return-option)] ")"
    // return-option    = "SUBSCRIBED" / "CHILDREN" / "SPECIAL-USE" / status-option / option-extension
    // status-option    = "STATUS" SP "(" status-att *(SP status-att) ")"
    private static void ReadReturn(CommandReader reader, ref ListReturn wanted, ref StatusItems status)
    {
        if (!reader.TryReadWord("RETURN"u8))
        {
            throw reader.Expected("RETURN");
        }

        reader.ReadSp();
        ListReturn options = ListReturn.None;
        StatusItems items = StatusItems.None;
        reader.ReadList(mayBeEmpty: true, () =>
        {
            int start = reader.Position;
            ListReturn option = reader.ReadKeyword("a return option of LIST") switch
            {
                "SUBSCRIBED" => ListReturn.Subscribed,
                "CHILDREN" => ListReturn.Children,
                "SPECIAL-USE" => ListReturn.SpecialUse,
                "STATUS" => ListReturn.Status,
                _ => throw CommandReader.ExpectedAt("a known return option of LIST", start),
            };
            options |= option;
            if (option == ListReturn.Status)
            {
                reader.ReadSp();
                items |= StatusGrammar.ReadItems(reader);
            }
        });
        wanted = options;
        status = items;
    }
}
