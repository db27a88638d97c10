using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Index;

/// <summary>A directory for one test's index.</summary>
internal sealed class IndexDirectory : IDisposable
{
    private static int _count;

    public IndexDirectory()
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"imapd-index-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        Directory.CreateDirectory(Path);
        Assert.That(DirectoryHandle.TryOpen(Path, out DirectoryHandle? handle), Is.EqualTo(Errno.None));
        Handle = handle!;
    }

    public string Path { get; }

    public string IndexPath => System.IO.Path.Combine(Path, IndexFile.FileName);

    public DirectoryHandle Handle { get; }

    public byte[] Octets
    {
        get => File.ReadAllBytes(IndexPath);
        set => File.WriteAllBytes(IndexPath, value);
    }

    public IndexFile Open(bool isRemote = false)
    {
        IndexFile? index = IndexFile.TryOpen(Handle, isRemote, out string? whyNot);
        Assert.That(index, Is.Not.Null, whyNot);
        return index!;
    }

    /// <summary>Writes an index with so many messages.</summary>
    public IndexModel Fill(int messages)
    {
        var model = new IndexModel();
        var changes = new IndexChanges(IndexView.Empty(IndexModel.Identity));
        model.Fill(messages, changes);
        using IndexFile index = IndexFile.Create(Handle, false, changes.Before.Apply(changes));
        Assert.That(index.WriteError, Is.EqualTo(Errno.None));
        model.AssertIs(index.View);
        return model;
    }

    public void Dispose()
    {
        Handle.Dispose();
        Directory.Delete(Path, true);
    }
}
