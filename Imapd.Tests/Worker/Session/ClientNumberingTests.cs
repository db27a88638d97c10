using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;
using Imapd.Worker.Selected;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

public sealed class ClientNumberingTests
{
    [Test]
    public void Numbers_count_from_one_in_the_order_of_UIDs()
    {
        ClientNumbering numbering = Of(3, 5, 9);
        Assert.That(numbering.Count, Is.EqualTo(3));
        Assert.That(numbering.UidOf(new SeqNum(1)), Is.EqualTo(new Uid(3)));
        Assert.That(numbering.UidOf(new SeqNum(3)), Is.EqualTo(new Uid(9)));
        Assert.That(numbering.NumberOf(new Uid(5)), Is.EqualTo(new SeqNum(2)));
        Assert.That(numbering.NumberOf(new Uid(4)), Is.Null);
    }

    [Test]
    public void No_message_has_the_number_zero_or_one_above_the_count()
    {
        ClientNumbering numbering = Of(3, 5);
        Assert.That(() => numbering.UidOf(new SeqNum(0)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => numbering.UidOf(new SeqNum(3)), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_UID_that_is_not_above_the_last_cannot_be_added() =>
        Assert.That(() => Of(3, 5).Add([5]), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Lost_messages_are_told_from_the_last_to_the_first_and_the_others_move_up()
    {
        ClientNumbering numbering = Of(3, 5, 9, 11);
        var told = new List<uint>();
        int gone = numbering.Remove(Sequence(5, 11, 12), number => told.Add(number.Value));
        Assert.That(gone, Is.EqualTo(2));
        Assert.That(told, Is.EqualTo(new uint[] { 3, 1 }));
        Assert.That(All(numbering), Is.EqualTo(new uint[] { 5, 11 }));
    }

    [TestCase(new uint[] { 1, 2 }, new uint[] { 3, 5 })]
    [TestCase(new uint[] { 2, 1 }, new uint[] { 3, 5 })]
    [TestCase(new uint[] { 2, SequenceSet.Star }, new uint[] { 5, 9 })]
    [TestCase(new uint[] { SequenceSet.Star, SequenceSet.Star }, new uint[] { 9 })]
    public void A_set_of_numbers_names_the_messages_that_have_them(uint[] range, uint[] uids) =>
        Assert.That(Of(3, 5, 9).Resolve(Set(range[0], range[1]), byUid: false).Select(uid => uid.Value), Is.EqualTo(uids));

    [TestCase(new uint[] { 4, 9 }, new uint[] { 5, 9 })]
    [TestCase(new uint[] { 100, SequenceSet.Star }, new uint[] { 9 })]
    [TestCase(new uint[] { 1, uint.MaxValue }, new uint[] { 3, 5, 9 })]
    [TestCase(new uint[] { 6, 8 }, new uint[] { })]
    public void A_set_of_UIDs_passes_over_those_of_no_message(uint[] range, uint[] uids) =>
        Assert.That(Of(3, 5, 9).Resolve(Set(range[0], range[1]), byUid: true).Select(uid => uid.Value), Is.EqualTo(uids));

    [Test]
    public void Overlapping_ranges_name_a_message_once()
    {
        var set = new SequenceSet([new SetRange(2, 3), new SetRange(1, 2), new SetRange(3, 3)]);
        Assert.That(Of(3, 5, 9).Resolve(set, byUid: false).Select(uid => uid.Value), Is.EqualTo(new uint[] { 3, 5, 9 }));
    }

    [Test]
    public void A_number_beyond_the_count_is_a_client_error()
    {
        Assert.That(() => Of(3, 5).Resolve(Set(1, 3), byUid: false), Throws.InstanceOf<ImapSyntaxException>());
        Assert.That(
            () => Of().Resolve(Set(SequenceSet.Star, SequenceSet.Star), byUid: false), Throws.InstanceOf<ImapSyntaxException>());
        Assert.That(() => Of().Resolve(Set(1, SequenceSet.Star), byUid: false), Throws.InstanceOf<ImapSyntaxException>());
    }

    [Test]
    public void In_an_empty_mailbox_every_set_of_UIDs_is_empty() =>
        Assert.That(Of().Resolve(Set(1, SequenceSet.Star), byUid: true), Is.Empty);

    [Test]
    public void A_saved_search_loses_the_messages_that_are_gone()
    {
        var saved = new SavedSearch([new Uid(3), new Uid(9)]);
        ClientNumbering numbering = Of(3, 5, 9);
        Assert.That(numbering.Resolve(SequenceSet.SavedResult, byUid: false), Is.Empty);
        numbering.Remove(Sequence(5, 9), _ => { });
        Assert.That(numbering.Resolve(SequenceSet.SavedResult, byUid: false, saved), Is.EqualTo(new[] { new Uid(9) }));
    }

    [Test]
    public void A_picture_that_is_not_what_the_client_knows_does_not_become_its_numbering()
    {
        ClientNumbering numbering = Of(3, 5, 9);
        numbering.Become(Sequence(3, 9));
        numbering.Become(Sequence(3, 5, 9, 11));
        Assert.That(All(numbering), Is.EqualTo(new uint[] { 3, 5, 9 }));
    }

    [Test]
    public void What_a_command_named_can_be_asked_for_by_place()
    {
        var set = new SequenceSet([new SetRange(1, 2), new SetRange(4, 4), new SetRange(6, 7)]);
        IReadOnlyList<Uid> uids = Of(3, 5, 9, 11, 12, 15, 20).Resolve(set, byUid: false);
        Assert.That(Enumerable.Range(0, uids.Count).Select(i => uids[i].Value), Is.EqualTo(new uint[] { 3, 5, 11, 15, 20 }));
        Assert.That(() => uids[5], Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    /// <summary>
    /// A client that knows nothing but the responses: it keeps a list, appends on EXISTS and takes the named one out on
    /// EXPUNGE. Whatever happens, both must agree on every number.
    /// </summary>
    [Test]
    public void A_naive_client_that_follows_the_responses_has_the_same_numbers([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        var numbering = new ClientNumbering();
        var client = new List<uint>();
        uint next = 0;
        for (int step = 0; step < 300; step++)
        {
            if (random.Next(3) == 0)
            {
                var gone = new HashSet<uint>(client.Where(_ => random.Next(4) == 0));
                UidSequence there = Sequence([.. client.Where(uid => !gone.Contains(uid)), next + 1, next + 2]);
                bool any = numbering.HasLost(there);
                int removed = numbering.Remove(there, number => client.RemoveAt((int)number.Value - 1));
                Assert.That((any, removed), Is.EqualTo((gone.Count > 0, gone.Count)));
                Assert.That(client.Exists(gone.Contains), Is.False);
            }
            else
            {
                int more = random.Next(5);
                for (; more > 0; more--)
                {
                    next += (uint)random.Next(1, 4);
                    numbering.Add([next]);
                    client.Add(next);
                }
            }

            if (random.Next(5) == 0)
            {
                numbering.Become(Sequence([.. client]));
            }

            Assert.That(All(numbering), Is.EqualTo(client));
            uint probe = (uint)random.Next((int)next + 2);
            int index = client.IndexOf(probe);
            Assert.That(numbering.NumberOf(new Uid(probe))?.Value, Is.EqualTo(index < 0 ? null : (uint?)index + 1));
        }
    }

    private static ClientNumbering Of(params uint[] uids)
    {
        var numbering = new ClientNumbering();
        numbering.Add(uids);
        return numbering;
    }

    private static UidSequence Sequence(params uint[] uids) => UidSequence.Empty.With(uids);

    private static List<uint> All(ClientNumbering numbering) =>
        [.. Enumerable.Range(1, numbering.Count).Select(number => numbering.UidOf(new SeqNum((uint)number)).Value)];

    private static SequenceSet Set(uint first, uint last) => new([new SetRange(first, last)]);
}
