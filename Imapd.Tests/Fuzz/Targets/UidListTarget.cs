using Imapd.Storage.Maildir.Index;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>UID lists of Dovecot and Courier: no UID twice, none to be given again, and what is written is read as the same.</summary>
internal sealed class UidListTarget : FuzzTarget
{
    private const string Header = "3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1\n";

    public override string Name => "uid-list";

    public override IReadOnlyList<string> Dictionary { get; } =
        ["3 V1 N5 ", "G3085f01b7f11094c501100008c4a11c1", "1 7 8\n", "2 7 8\n", "\n", " :", ":", " W12", " Xy", "4294967295 :a\n", "5 :a\n", "5 :b\n", "7 c\n", "\0", "N", "V"];

    public override IEnumerable<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            Header + "25006 :1276528487.M364837P9451.kurkku,S=1355,W=1394:2,\n25017 W2481 Qunknown :1276533073.M242911P3632.kurkku:2,F\n",
            "1 1170000000 4\n1 1170000001.M1.host\n3 1170000002.M2.host\n", Header + "5 :a\n5 :a:2,S\n5 :b\n4 :c\n9 :d", Header, "3 V1\n1 :a\n", "2 1 1\n",
        }.Select(Latin1),
    ];

    public override object? Exercise(byte[] input) => UidListParser.Parse(input);

    public override string Check(byte[] input, object? result)
    {
        if (result is not UidList list)
        {
            return "none";
        }

        uint before = 0;
        foreach (UidLine line in list.Lines)
        {
            Require(line.Uid > before, () => $"UID {line.Uid} behind {before}");
            before = line.Uid;
            _ = line.WireOctets;
        }

        Require(list.UidValidity > 0 && list.NextUid > before, () => $"the next UID is {list.NextUid}, and there is {before}");
        UidList whole = list.With(list.NextUid, list.Lines);
        string text = UidListText.Header(whole) + UidListText.Lines(whole.Lines);
        UidList? again = UidListParser.Parse(Latin1(text));
        Require(
            again is { IsDamaged: false } && again.UidValidity == list.UidValidity && again.NextUid == list.NextUid && again.Lines.SequenceEqual(list.Lines),
            () => $"written as {text}");
        return $"{list.Lines.Count > 0} {list.IsDamaged} {list.CanGrow} {list.OtherFields.Count} {list.MailboxId is null} {Math.Min(list.Lines.Count, 5)}";
    }
}
