using System.Globalization;

namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>A process as /proc shows it.</summary>
internal sealed record ProcessView(int Id)
{
    private string Directory => $"/proc/{Id}";

    public bool Exists => System.IO.Directory.Exists(Directory);

    /// <summary>The executable's name, cut to 15 characters by the kernel.</summary>
    public string Name => Status("").GetValueOrDefault("Name", "");

    public bool IsZombie => Status("").GetValueOrDefault("State", "").StartsWith('Z');

    public uint UserId => uint.Parse(Status("").GetValueOrDefault("Uid", "0").Split('\t')[0], CultureInfo.InvariantCulture);

    public IReadOnlyList<string> CommandLine => File.ReadAllText($"{Directory}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The lines of status of every thread.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Threads =>
        [.. System.IO.Directory.GetDirectories($"{Directory}/task").Select(task => Status("/task/" + Path.GetFileName(task)))];

    /// <summary>What every open descriptor is: a path, or for example socket:[4711].</summary>
    public IReadOnlyDictionary<int, string> Descriptors
    {
        get
        {
            var descriptors = new Dictionary<int, string>();
            foreach (string link in System.IO.Directory.GetFiles($"{Directory}/fd"))
            {
                int number = int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture);
                descriptors[number] = new FileInfo(link).LinkTarget ?? "";
            }
            return descriptors;
        }
    }

    /// <summary>The processes started by process <paramref name="parent"/> that are there now, zombies included.</summary>
    public static IReadOnlyList<ProcessView> ChildrenOf(int parent)
    {
        var children = new List<ProcessView>();
        foreach (string directory in System.IO.Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out int id))
            {
                var process = new ProcessView(id);
                if (process.Status("").GetValueOrDefault("PPid") == parent.ToString(CultureInfo.InvariantCulture))
                {
                    children.Add(process);
                }
            }
        }
        return children;
    }

    /// <summary>Kilobytes of one line of smaps_rollup, for example Private_Dirty; 0 when the process has ended.</summary>
    public int Kilobytes(string line)
    {
        try
        {
            string found = File.ReadLines($"{Directory}/smaps_rollup").First(text => text.StartsWith(line + ":", StringComparison.Ordinal));
            return int.Parse(found.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>The most kilobytes it ever had in memory, those of files it has mapped among them.</summary>
    public int PeakKilobytes => int.Parse(Status("").GetValueOrDefault("VmHWM", "0 kB").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>How many octets it has written so far, to whatever; -1 when it has ended.</summary>
    public long OctetsWritten
    {
        get
        {
            try
            {
                return long.Parse(
                    File.ReadLines($"{Directory}/io").Single(line => line.StartsWith("wchar:", StringComparison.Ordinal))["wchar:".Length..],
                    CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                return -1;
            }
        }
    }

    /// <summary>Whether its first thread waits for something that may never come: input, or room for output.</summary>
    public bool IsAsleep => Status("").GetValueOrDefault("State", "").StartsWith('S');

    /// <summary>Whether a file of this name is mapped into its memory.</summary>
    public bool HasMapped(string fileName) => File.ReadLines($"{Directory}/maps").Any(line => line.EndsWith("/" + fileName, StringComparison.Ordinal));

    /// <summary>Whether the octets are anywhere in the C heap. Root may look there.</summary>
    public bool HeapHolds(ReadOnlySpan<byte> octets)
    {
        string[] range = File.ReadLines($"{Directory}/maps").Single(line => line.EndsWith("[heap]", StringComparison.Ordinal))
            .Split(' ')[0].Split('-');
        long start = long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        long end = long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        using FileStream memory = new($"{Directory}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        byte[] heap = new byte[end - start];
        memory.Seek(start, SeekOrigin.Begin);
        memory.ReadExactly(heap);
        return heap.AsSpan().IndexOf(octets) >= 0;
    }

    private Dictionary<string, string> Status(string task)
    {
        try
        {
            return File.ReadLines($"{Directory}{task}/status")
                .Select(line => line.Split(':', 2))
                .Where(parts => parts.Length == 2)
                .ToDictionary(parts => parts[0], parts => parts[1].Trim());
        }
        catch (IOException)
        {
            // It ended between being listed and being read.
            return [];
        }
    }
}
