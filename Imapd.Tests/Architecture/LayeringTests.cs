using NUnit.Framework;

namespace Imapd.Tests.Architecture;

/// <summary>What a layer may touch of the world, seen in the compiled code.</summary>
internal sealed class LayeringTests
{
    [Test]
    public void The_protocol_knows_no_file_socket_process_or_native_call()
    {
        string[] forbidden =
        [
            "System.IO.File", "System.IO.FileStream", "System.IO.Directory", "System.IO.FileInfo", "System.IO.RandomAccess",
            "System.Net.Sockets.Socket", "System.Net.Sockets.NetworkStream", "System.Diagnostics.Process",
        ];
        using var protocol = new CompiledAssembly("Imapd.Protocol");
        Assert.That(protocol.Types.Select(type => type.Type).Intersect(forbidden), Is.Empty);
        Assert.That(protocol.NativeLibraries, Is.Empty);
    }

    [Test]
    public void The_protocol_reads_no_clock()
    {
        string[] clocks =
        [
            "System.DateTime::get_Now", "System.DateTime::get_UtcNow", "System.DateTime::get_Today", "System.DateTimeOffset::get_Now",
            "System.DateTimeOffset::get_UtcNow", "System.TimeProvider::get_System", "System.Environment::get_TickCount64",
            "System.Diagnostics.Stopwatch::GetTimestamp",
        ];
        using var protocol = new CompiledAssembly("Imapd.Protocol");
        Assert.That(protocol.Members.Intersect(clocks), Is.Empty);
    }

    /// <summary>
    /// One session is one thread: no_new_privs and Landlock bind the thread that asks for them, and a thread pool
    /// would cost every idle session memory.
    /// </summary>
    [TestCase("imapd-worker")]
    [TestCase("Imapd.Storage.Maildir")]
    public void A_session_is_synchronous(string name)
    {
        using var assembly = new CompiledAssembly(name);
        var asynchronous = from type in assembly.Types
                           where type.Type.StartsWith("System.Threading.Tasks.", StringComparison.Ordinal)
                               || type.Type.Contains("MethodBuilder", StringComparison.Ordinal)
                               || type.Type.StartsWith("System.IO.Pipelines.", StringComparison.Ordinal)
                           select type.Type;
        Assert.That(asynchronous, Is.Empty);
    }
}
