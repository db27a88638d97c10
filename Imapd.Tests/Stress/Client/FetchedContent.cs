using System.Globalization;
using Imapd.Tests.Responses;
using Imapd.Tests.Stress.Model;

namespace Imapd.Tests.Stress.Client;

/// <summary>Holds what FETCH tells of a message's content against what the message is.</summary>
internal static class FetchedContent
{
    public static void Check(StressLedger ledger, MailboxLedger mailbox, uint uid, IReadOnlyList<ResponseValue> items)
    {
        MessageToken? token = null;
        for (int i = 0; i < items.Count; i += 2)
        {
            if (items[i].Text == "BODY[HEADER.FIELDS (\"SUBJECT\")]")
            {
                token = TokenOf(ledger, items[i + 1].Text);
                mailbox.CheckToken(uid, token);
            }
        }

        token ??= mailbox.Find(uid)?.Token;
        for (int i = 0; token is not null && i < items.Count; i += 2)
        {
            Check(token, uid, items[i].Text, items[i + 1]);
        }
    }

    private static void Check(MessageToken token, uint uid, string item, ResponseValue value)
    {
        if (item == "RFC822.SIZE")
        {
            Require(value.Number == token.Wire().Length, $"UID {uid}, {token.Id}: RFC822.SIZE {value.Text} instead of {token.Wire().Length}");
        }
        else if (item == "BODY[]")
        {
            Require(value.Text == token.Wire(), $"UID {uid}, {token.Id}: BODY[] is {value.Text}");
        }
        else if (item.StartsWith("BODY[]<", StringComparison.Ordinal))
        {
            int start = int.Parse(item.AsSpan(7, item.Length - 8), CultureInfo.InvariantCulture);
            string wire = token.Wire();
            string part = wire[Math.Min(start, wire.Length)..];
            Require(part.StartsWith(value.Text, StringComparison.Ordinal), $"UID {uid}, {token.Id}: {item} is {value.Text}");
        }
        else if (item == "ENVELOPE")
        {
            Require(value.Items[1].Text == token.Id, $"UID {uid}, {token.Id}: the subject in ENVELOPE is {value.Items[1].Text}");
        }
    }

    private static MessageToken TokenOf(StressLedger ledger, string header)
    {
        Require(header.StartsWith("Subject: ", StringComparison.Ordinal), $"a header without subject: {header}");
        return ledger.TokenOf(header["Subject: ".Length..]);
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new StressFailure(otherwise);
        }
    }
}
