using System.Buffers.Binary;
using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Index;

/// <summary>Whatever becomes of the file, the answers are right, or the index says that it cannot be used.</summary>
public sealed class IndexDamageTests
{
    private IndexDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new IndexDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public void No_file_is_no_damage()
    {
        Assert.That(IndexFile.TryOpen(_directory.Handle, false, out string? whyNot), Is.Null);
        Assert.That(whyNot, Is.Null);
    }

    [Test]
    public void A_journal_that_is_torn_anywhere_ends_before_the_torn_frame([Values] bool isRemote)
    {
        List<IndexModel> models = WithJournal(5, out List<int> ends);
        byte[] whole = _directory.Octets;
        for (int length = ends[0]; length <= whole.Length; length++)
        {
            _directory.Octets = whole[..length];
            using IndexFile index = _directory.Open(isRemote);
            int frames = ends.FindLastIndex(end => end <= length);
            models[frames].AssertIs(index.View);
        }
    }

    [Test]
    public void After_a_torn_frame_the_next_change_is_kept()
    {
        List<IndexModel> models = WithJournal(3, out List<int> ends);
        byte[] whole = _directory.Octets;
        for (int length = ends[1] + 1; length < ends[2]; length += 7)
        {
            _directory.Octets = whole[..length];
            IndexModel model = models[1].Copy();
            using (IndexFile index = _directory.Open())
            {
                Change(index, model, seed: length);
            }

            using IndexFile again = _directory.Open();
            model.AssertIs(again.View);
        }
    }

    [Test]
    public void A_snapshot_that_is_cut_anywhere_is_not_used([Values] bool isRemote)
    {
        _directory.Fill(20);
        byte[] whole = _directory.Octets;
        for (int length = 0; length < whole.Length; length++)
        {
            _directory.Octets = whole[..length];
            Assert.That(IndexFile.TryOpen(_directory.Handle, isRemote, out string? whyNot), Is.Null);
            Assert.That(whyNot, Is.Not.Null);
        }
    }

    [Test]
    public void A_flipped_bit_never_makes_a_wrong_answer([Values] bool isRemote)
    {
        List<IndexModel> models = WithJournal(3, out List<int> ends);
        byte[] whole = _directory.Octets;
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] flipped = [.. whole];
            flipped[i] ^= (byte)(1 << (i % 8));
            _directory.Octets = flipped;
            IndexFile? index = IndexFile.TryOpen(_directory.Handle, isRemote, out string? whyNot);
            if (i < ends[0])
            {
                Assert.That(index, Is.Null, $"octet {i}");
                Assert.That(whyNot, Is.Not.Null);
                continue;
            }

            models[ends.FindLastIndex(end => end <= i)].AssertIs(index!.View);
            index.Dispose();
        }
    }

    [Test]
    public void Zeros_where_the_disk_has_lost_something_are_not_believed([Values] bool isRemote)
    {
        List<IndexModel> models = WithJournal(3, out List<int> ends);
        byte[] whole = _directory.Octets;
        for (int i = 0; i < whole.Length; i += 61)
        {
            byte[] holed = [.. whole];
            holed.AsSpan(i, Math.Min(512, whole.Length - i)).Clear();
            _directory.Octets = holed;
            IndexFile? index = IndexFile.TryOpen(_directory.Handle, isRemote, out _);
            if (index is not null)
            {
                models[ends.FindLastIndex(end => end <= i)].AssertIs(index.View);
                index.Dispose();
            }

            Assert.That(index is null, Is.EqualTo(i < ends[0]));
        }
    }

    [Test]
    public void Garbage_behind_the_journal_is_passed_over([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        List<IndexModel> models = WithJournal(2, out _);
        byte[] garbage = new byte[random.Next(1, 5000)];
        random.NextBytes(garbage);
        if (seed % 2 == 0)
        {
            // A length that a frame may have.
            BinaryPrimitives.WriteUInt32LittleEndian(garbage.AsSpan(0, Math.Min(4, garbage.Length)), (uint)Math.Max(176, garbage.Length - 8));
        }

        _directory.Octets = [.. _directory.Octets, .. garbage];
        using IndexFile index = _directory.Open();
        models[^1].AssertIs(index.View);
    }

    [Test]
    public void A_huge_length_takes_no_memory()
    {
        List<IndexModel> models = WithJournal(2, out List<int> ends);
        byte[] whole = _directory.Octets;
        BinaryPrimitives.WriteUInt32LittleEndian(whole.AsSpan(ends[1]), uint.MaxValue);
        _directory.Octets = whole;
        using (FileStream file = File.OpenWrite(_directory.IndexPath))
        {
            file.SetLength(1L << 40);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        using IndexFile index = _directory.Open();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
        models[1].AssertIs(index.View);
    }

    [Test]
    public void A_header_that_claims_more_than_the_file_has_is_refused()
    {
        _directory.Fill(3);
        using FileStream file = File.Open(_directory.IndexPath, FileMode.Open);
        byte[] head = new byte[IndexHeader.Octets];
        file.ReadExactly(head);
        IndexHeader header = IndexHeader.Read(head, file.Length, out _)!;
        file.Dispose();
        foreach (IndexHeader claim in (IndexHeader[])[
            header with { NamesOctets = long.MaxValue }, header with { NamesOctets = -1 }, header with { Expunged = uint.MaxValue },
            header with { Rows = uint.MaxValue, Summary = header.Summary with { Messages = uint.MaxValue } }, header with { UidValidity = 0 }])
        {
            byte[] octets = _directory.Octets;
            claim.Write(octets);
            _directory.Octets = octets;
            Assert.That(IndexFile.TryOpen(_directory.Handle, false, out string? whyNot), Is.Null, claim.ToString());
            Assert.That(whyNot, Is.Not.Null);
        }
    }

    [TestCase("", "too short")]
    [TestCase("what is this", "too short")]
    public void A_file_of_another_kind_is_not_used(string text, string why)
    {
        File.WriteAllText(_directory.IndexPath, text);
        Assert.That(IndexFile.TryOpen(_directory.Handle, false, out string? whyNot), Is.Null);
        Assert.That(whyNot, Does.Contain(why));
        File.WriteAllText(_directory.IndexPath, new string('x', 10_000));
        Assert.That(IndexFile.TryOpen(_directory.Handle, false, out whyNot), Is.Null);
        Assert.That(whyNot, Does.Contain("no index"));
    }

    [Test]
    public void A_newer_version_is_not_used()
    {
        _directory.Fill(3);
        byte[] octets = _directory.Octets;
        octets[8]++;
        _directory.Octets = octets;
        Assert.That(IndexFile.TryOpen(_directory.Handle, false, out string? whyNot), Is.Null);
        Assert.That(whyNot, Does.Contain("version 3"));
    }

    [Test]
    public void What_is_no_file_is_not_used_and_does_not_hold_up()
    {
        Directory.CreateDirectory(_directory.IndexPath);
        Assert.That(IndexFile.TryOpen(_directory.Handle, false, out string? whyNot), Is.Null);
        Assert.That(whyNot, Is.Not.Null);
        Directory.Delete(_directory.IndexPath);
        Assert.That(Mono.Unix.Native.Syscall.mkfifo(_directory.IndexPath, (Mono.Unix.Native.FilePermissions)0x1a4), Is.Zero);
        Assert.That(IndexFile.TryOpen(_directory.Handle, false, out whyNot), Is.Null);
        Assert.That(whyNot, Is.Not.Null);
    }

    [Test]
    public void An_older_snapshot_put_back_is_seen_as_another_file()
    {
        IndexModel old = _directory.Fill(10);
        byte[] older = _directory.Octets;
        using IndexFile index = _directory.Open();
        var model = old.Copy();
        Change(index, model, 1);
        File.Delete(_directory.IndexPath);
        index.CatchUp(out bool isReplaced);
        Assert.That(isReplaced);
        _directory.Octets = older;
        index.CatchUp(out isReplaced);
        Assert.That(isReplaced);
        using IndexFile again = _directory.Open();
        old.AssertIs(again.View);
    }

    [Test]
    public void A_journal_that_was_cut_is_seen_as_another_file()
    {
        WithJournal(3, out List<int> ends);
        using IndexFile index = _directory.Open();
        _directory.Octets = _directory.Octets[..ends[1]];
        index.CatchUp(out bool isReplaced);
        Assert.That(isReplaced);
    }

    [Test]
    public void Damage_in_a_large_index_is_found_where_it_is_touched([Values] bool isRemote)
    {
        IndexModel model = _directory.Fill(40_000);
        byte[] octets = _directory.Octets;
        Assert.That(octets, Has.Length.GreaterThan(2 << 20));
        octets[IndexHeader.Octets + (30_000 * IndexRecord.Octets) + 5] ^= 4;
        _directory.Octets = octets;
        using IndexFile index = _directory.Open(isRemote);
        Assert.That(index.View.UidAt(0), Is.EqualTo(model.Messages.Keys.First()));
        Assert.That(index.View.NameAt(5), Is.EqualTo(model.Messages.Values.ElementAt(5).Name));
        Assert.That(index.IsDamaged, Is.False);
        StoreException damaged = Assert.Throws<StoreException>(() => index.View.UidAt(30_000))!;
        Assert.That(damaged.Error, Is.EqualTo(StoreError.Corruption));
        Assert.That(index.IsDamaged);
        Assert.Throws<StoreException>(() => index.View.RecordAt(30_000));
    }

    [Test]
    public void A_name_is_found_in_a_large_index_without_reading_most_of_it([Values] bool isRemote)
    {
        IndexModel model = _directory.Fill(40_000);
        byte[] octets = _directory.Octets;
        octets[IndexHeader.Octets + (30_000 * IndexRecord.Octets) + 5] ^= 4;
        _directory.Octets = octets;
        using IndexFile index = _directory.Open(isRemote);
        foreach (int place in (int[])[0, 5, 20_000, 39_999])
        {
            Assert.That(index.View.PlaceOfName(Encoding.Latin1.GetBytes(model.Messages.Values.ElementAt(place).Name)), Is.EqualTo(place));
        }

        Assert.That(index.View.PlaceOfName("nobody"u8), Is.EqualTo(-1));
        Assert.That(index.IsDamaged, Is.False);
    }

    [Test]
    public void A_large_index_can_be_read_after_it_was_closed_and_replaced([Values] bool isRemote)
    {
        IndexModel model = _directory.Fill(40_000);
        IndexFile index = _directory.Open(isRemote);
        IndexView view = index.View;
        index.Dispose();
        File.Delete(_directory.IndexPath);
        _directory.Fill(3);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        model.AssertIs(view);
    }

    [Test]
    public void A_directory_that_cannot_be_written_leaves_the_index_in_memory()
    {
        _directory.Fill(10);
        File.SetUnixFileMode(_directory.IndexPath, UnixFileMode.UserRead);
        File.SetUnixFileMode(_directory.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            As.Nobody(_directory.Path, () =>
            {
                using IndexFile index = _directory.Open();
                var changes = new IndexChanges(index.View);
                changes.Remove(index.View.UidAt(0), 99);
                index.Append(changes);
                Assert.That((index.IsInMemory, index.WriteError, index.View.Count), Is.EqualTo((true, Errno.EACCES, 9)));
                index.CatchUp(out bool isReplaced);
                Assert.That(isReplaced, Is.False);
            });
        }
        finally
        {
            File.SetUnixFileMode(_directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Test]
    public void Who_has_the_index_in_memory_sees_when_another_writes_one()
    {
        _directory.Fill(10);
        using IndexFile index = IndexFile.InMemory(_directory.Handle, false, _directory.Open().View);
        index.CatchUp(out bool isReplaced);
        Assert.That(isReplaced, Is.False);
        using IndexFile other = _directory.Open();
        var changes = new IndexChanges(other.View);
        changes.Remove(other.View.UidAt(0), 99);
        other.Append(changes);
        index.CatchUp(out isReplaced);
        Assert.That(isReplaced);
    }

    [Test]
    public void Gone_messages_are_remembered_up_to_a_limit()
    {
        var changes = new IndexChanges(IndexView.Empty(IndexModel.Identity));
        new IndexModel().Fill(70_000, changes);
        IndexFile index = IndexFile.Create(_directory.Handle, false, changes.Before.Apply(changes));
        changes = new IndexChanges(index.View);
        for (int i = 0; i < 69_000; i++)
        {
            changes.Remove(index.View.UidAt(i), 1000 + (ulong)i);
        }

        index.Append(changes);
        Assert.That(index.View.Count, Is.EqualTo(1000));
        Assert.That(index.View.ExpungedCount, Is.EqualTo(65_536));
        Assert.That(index.View.ExpungedFloor, Is.EqualTo(1000 + 69_000 - 65_536 - 1));
        Assert.That(index.View.ExpungedAfter(index.View.ExpungedFloor), Has.Count.EqualTo(65_536));
        index.Dispose();
    }

    [Test]
    public void Many_small_changes_do_not_let_the_file_grow_without_end()
    {
        _directory.Fill(100);
        using IndexFile index = _directory.Open();
        uint uid = index.View.UidAt(50);
        for (ulong i = 1; i < 5000; i++)
        {
            var changes = new IndexChanges(index.View);
            changes.Change(uid, (SystemFlags)(i % 32), 0, false, 100 + i);
            index.Append(changes);
        }

        Assert.That(new FileInfo(_directory.IndexPath).Length, Is.LessThan(400_000));
        using IndexFile again = _directory.Open();
        Assert.That(again.View.RecordAt(50).ModSeq, Is.EqualTo(5099));
    }

    // A snapshot and so many frames; the model after each, and where each ends. The first is the snapshot.
    private List<IndexModel> WithJournal(int frames, out List<int> ends)
    {
        var models = new List<IndexModel> { _directory.Fill(12) };
        ends = [_directory.Octets.Length];
        using IndexFile index = _directory.Open();
        for (int i = 0; i < frames; i++)
        {
            IndexModel model = models[^1].Copy();
            Change(index, model, i);
            models.Add(model);
            ends.Add(_directory.Octets.Length);
        }

        return models;
    }

    private static void Change(IndexFile index, IndexModel model, int seed)
    {
        var changes = new IndexChanges(index.View);
        model.Change(new Random(seed), 5, changes);
        index.Append(changes);
        Assert.That(index.WriteError, Is.EqualTo(Errno.None));
    }
}
