using System.Text;
using NUnit.Framework;

namespace Imapd.Tests.Architecture;

/// <summary>The process that stays root contains no IMAP, no storage and no PAM (SECURITY.md, promise 1).</summary>
internal sealed class MasterContentTests
{
    [Test]
    public void The_master_uses_nothing_of_the_protocol_but_the_handoff()
    {
        using var master = new CompiledAssembly("imapd");
        var foreign = from type in master.Types
                      where type.Assembly == "Imapd.Protocol" && !type.Type.StartsWith("Imapd.Protocol.Handoff.", StringComparison.Ordinal)
                      select type.Type;
        Assert.That(foreign, Is.Empty);
    }

    [Test]
    public void The_master_links_neither_store_nor_worker()
    {
        using var master = new CompiledAssembly("imapd");
        Assert.That(master.Assemblies, Has.None.StartsWith("Imapd.Storage").And.None.EqualTo("imapd-worker"));
    }

    [Test]
    public void The_master_calls_no_PAM_and_changes_no_identity()
    {
        using var master = new CompiledAssembly("imapd");
        Assert.That(master.NativeLibraries, Has.None.Contains("pam"));
        Assert.That(master.Members, Has.None.Contains("::setuid").And.None.Contains("::setresuid"));
    }

    [Test]
    public void The_worker_is_where_PAM_is_called()
    {
        using var worker = new CompiledAssembly("imapd-worker");
        Assert.That(worker.NativeLibraries, Has.Some.Contains("pam"), "or the test of the master would find nothing anywhere");
    }

    /// <summary>The compiler may inline what metadata does not show, so the executable itself is searched as well.</summary>
    [TestCase("libpam")]
    [TestCase("BODYSTRUCTURE")]
    [TestCase("UIDVALIDITY")]
    [TestCase("dovecot-uidlist")]
    public void The_published_master_holds_no_word_of_IMAP_storage_or_PAM(string word)
    {
        string master = Repository.Combine("out", "imapd");
        if (!File.Exists(master))
        {
            Assert.Ignore("needs out/imapd: run make");
        }
        Assert.That(Holds(master, word), Is.False);
        Assert.That(Holds(Repository.Combine("out", "imapd-worker"), word), Is.True, "the worker must hold it, or this test shows nothing");
    }

    /// <summary>Text is UTF-16 where it came from a string and ASCII where it came from a u8 literal or an import.</summary>
    private static bool Holds(string file, string word)
    {
        ReadOnlySpan<byte> content = File.ReadAllBytes(file);
        return content.IndexOf(Encoding.ASCII.GetBytes(word)) >= 0 || content.IndexOf(Encoding.Unicode.GetBytes(word)) >= 0;
    }
}
