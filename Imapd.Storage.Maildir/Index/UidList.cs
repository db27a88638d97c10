namespace Imapd.Storage.Maildir.Index;

/// <summary>A mailbox's UID list as read from <c>dovecot-uidlist</c> (version 3; versions 1 and 2 are read too).</summary>
internal sealed class UidList
{
    /// <summary>
    /// UIDs skipped after damage: lines that are lost may have named larger UIDs than those that are left, and no UID
    /// may be given twice. Nobody knows how many lines were cut off; there are UIDs for forty thousand damages.
    /// </summary>
    private const uint GapAfterDamage = 100_000;

    /// <summary>The mailbox's UIDVALIDITY.</summary>
    public required uint UidValidity { get; set; }

    /// <summary>The UID to be given next.</summary>
    public required uint NextUid { get; set; }

    /// <summary>The mailbox's identity, 32 hexadecimal digits; null in lists of others than Dovecot.</summary>
    public string? MailboxId { get; set; }

    /// <summary>Header fields of other programs, as found: letter and value.</summary>
    public List<string> OtherFields { get; } = [];

    /// <summary>The messages, ascending by UID; some of them may be gone from the disk.</summary>
    public required List<UidLine> Lines { get; set; }

    /// <summary>Whether something in it could not be read, and the file should be written anew.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>The UID after all that can be read in a damaged one, where <see cref="NextUid"/> leaves room for what cannot.</summary>
    public uint NextUidRead { get; private set; }

    /// <summary>Whether lines can be appended to the file it came from: it is of version 3, whole, and has an identity.</summary>
    public bool CanGrow { get; init; }

    /// <summary>The list of a mailbox without messages.</summary>
    public static UidList New(uint uidValidity) =>
        new() { UidValidity = uidValidity, NextUid = 1, MailboxId = Guid.NewGuid().ToString("N"), Lines = [] };

    /// <summary>The list of a mailbox whose file is garbage, as far as it is known from elsewhere.</summary>
    public static UidList Salvaged(MailboxIdentity identity, List<UidLine> lines)
    {
        var list = new UidList
        {
            UidValidity = identity.UidValidity,
            NextUid = identity.NextUid,
            MailboxId = identity.MailboxId,
            Lines = lines,
        };
        list.Salvage(0);
        return list;
    }

    /// <summary>This list with other messages, and with an identity if it had none; damaged if it was.</summary>
    public UidList With(uint nextUid, List<UidLine> lines)
    {
        MailboxId ??= Guid.NewGuid().ToString("N");
        var list = new UidList { UidValidity = UidValidity, NextUid = nextUid, MailboxId = MailboxId, Lines = lines };
        list.OtherFields.AddRange(OtherFields);
        list.IsDamaged = IsDamaged;
        list.NextUidRead = nextUid;
        return list;
    }

    /// <summary>Keeps what is certain of a list in which something is wrong.</summary>
    /// <param name="lostLines">How many lines could not be read.</param>
    public void Salvage(int lostLines)
    {
        IsDamaged = true;
        Lines.Sort(static (left, right) => left.Uid.CompareTo(right.Uid));
        var kept = new List<UidLine>(Lines.Count);
        for (int i = 0; i < Lines.Count;)
        {
            int next = i + 1;
            bool isCertain = true;
            while (next < Lines.Count && Lines[next].Uid == Lines[i].Uid)
            {
                // Which of the two files the clients know by this UID cannot be told: neither keeps it.
                isCertain &= Layout.BaseNameComparer.Instance.Equals(Lines[next].Name, Lines[i].Name);
                next++;
            }

            if (isCertain)
            {
                kept.Add(Lines[i]);
            }

            i = next;
        }

        uint largest = Lines.Count > 0 ? Lines[^1].Uid : 0;
        Lines = kept;
        NextUidRead = Math.Max(NextUid, largest + 1);
        NextUid = AfterDamage(NextUidRead, (uint)lostLines);
    }

    /// <summary>The UID to be given next where some may have been lost.</summary>
    /// <param name="known">The next one by what is left.</param>
    /// <param name="lostLines">How many lines could not be read.</param>
    public static uint AfterDamage(uint known, uint lostLines = 0) =>
        (uint)Math.Min((ulong)known + GapAfterDamage + lostLines, uint.MaxValue);

    /// <summary>Has these numbers in place of those in a damaged first line.</summary>
    public void Correct(uint uidValidity, string? mailboxId, uint nextUid)
    {
        IsDamaged = true;
        UidValidity = uidValidity;
        MailboxId = mailboxId;
        NextUid = nextUid;
        NextUidRead = nextUid;
    }
}
