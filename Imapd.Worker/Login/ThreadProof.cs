using System.Globalization;

namespace Imapd.Worker.Login;

/// <summary>
/// Reads in /proc what the kernel thinks of every thread of this process. The identity is a matter of each thread, and one
/// that was left behind as root would be a way back.
/// </summary>
internal static class ThreadProof
{
    private const string Tasks = "/proc/self/task";

    /// <summary>Every thread has these ids, these groups and no capability.</summary>
    /// <exception cref="DropFailedException">One has not, or it cannot be known.</exception>
    public static void CheckIdentity(UserIdentity identity)
    {
        string userIds = Four(identity.UserId);
        string groupIds = Four(identity.GroupId);
        ForEveryThread((thread, status) =>
        {
            Expect(thread, "Uid", userIds, status("Uid"));
            Expect(thread, "Gid", groupIds, status("Gid"));
            ExpectGroups(thread, identity.Groups, status("Groups"));
            foreach (string set in new[] { "CapPrm", "CapEff", "CapAmb" })
            {
                if (ulong.Parse(status(set), NumberStyles.HexNumber, CultureInfo.InvariantCulture) != 0)
                {
                    throw new DropFailedException($"thread {thread} still has capabilities ({set} {status(set)})");
                }
            }
        });
    }

    /// <summary>
    /// This thread can inherit no capability either. Other threads cannot be made to give that set up, and it matters only
    /// where a program is executed.
    /// </summary>
    /// <exception cref="DropFailedException">It can, or it cannot be known.</exception>
    public static void CheckInheritable()
    {
        Func<string, string> status = Parse("/proc/thread-self/status");
        if (ulong.Parse(status("CapInh"), NumberStyles.HexNumber, CultureInfo.InvariantCulture) != 0)
        {
            throw new DropFailedException($"capabilities would be inherited (CapInh {status("CapInh")})");
        }
    }

    /// <summary>Every thread has no_new_privs and is under a filter of system calls.</summary>
    /// <exception cref="DropFailedException">One is not, or it cannot be known.</exception>
    public static void CheckFilter() =>
        ForEveryThread((thread, status) =>
        {
            Expect(thread, "NoNewPrivs", "1", status("NoNewPrivs"));
            Expect(thread, "Seccomp", "2", status("Seccomp"));
        });

    private static string Four(uint id) => string.Create(CultureInfo.InvariantCulture, $"{id}\t{id}\t{id}\t{id}");

    private static void Expect(string thread, string field, string expected, string found)
    {
        if (found != expected)
        {
            throw new DropFailedException($"thread {thread} has {field} {found}, not {expected}");
        }
    }

    private static void ExpectGroups(string thread, IReadOnlyList<uint> expected, string found)
    {
        IEnumerable<uint> groups = found.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(group => uint.Parse(group, CultureInfo.InvariantCulture));
        if (!expected.ToHashSet().SetEquals(groups))
        {
            throw new DropFailedException($"thread {thread} has the groups {found}");
        }
    }

    private static void ForEveryThread(Action<string, Func<string, string>> check)
    {
        int threads = 0;
        try
        {
            foreach (string task in Directory.EnumerateDirectories(Tasks))
            {
                try
                {
                    check(Path.GetFileName(task), Parse(Path.Combine(task, "status")));
                    threads++;
                }
                catch (FileNotFoundException)
                {
                    // The thread has ended since; one that it started was listed or descends from one that was.
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new DropFailedException($"{Tasks} cannot be read: {error.Message}");
        }
        if (threads == 0)
        {
            throw new DropFailedException($"{Tasks} lists no thread");
        }
    }

    private static Func<string, string> Parse(string path)
    {
        var fields = new Dictionary<string, string>();
        foreach (string line in File.ReadLines(path))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                fields[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }
        return name => fields.GetValueOrDefault(name)
            ?? throw new DropFailedException($"{path} says nothing of {name}");
    }
}
