using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

/// <summary>Does something with the file permissions of an ordinary user: root may do everything.</summary>
internal static partial class As
{
    private const int Nobodys = 65534;

    /// <summary>Gives a tree to nobody, and acts on it as nobody, on a thread of its own.</summary>
    public static void Nobody(string tree, Action action)
    {
        if (Mono.Unix.Native.Syscall.geteuid() != 0)
        {
            action();
            return;
        }

        using (Process chown = Process.Start("chown", ["-R", "nobody", tree]))
        {
            chown.WaitForExit();
        }

        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            // Belongs to the thread alone, and ends with it.
            _ = setfsuid(Nobodys);
            try
            {
                Assert.That(setfsuid(-1), Is.EqualTo(Nobodys));
                action();
            }
            catch (Exception caught)
            {
                failure = ExceptionDispatchInfo.Capture(caught);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    [LibraryImport("libc")]
    private static partial int setfsuid(int user);
}
