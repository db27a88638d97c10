using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Imapd.Tests.Architecture;

namespace Imapd.Tests.Fuzz;

/// <summary>Gives one input after another to a target, each made of those that were worth keeping.</summary>
/// <remarks>
/// The same seed makes the same inputs. The input that is being tried is in a file, so that it is known when it ends the process.
/// </remarks>
internal sealed partial class FuzzRun : IDisposable
{
    private const int MaxKept = 5_000;
    private const int CurrentOctets = 1 << 20;
    private const int StackOctets = 1 << 20;
    private const long HangNanoseconds = 1_000_000_000;

    // Of the wall's clock, which other processes have a part of: what takes so long is not coming back.
    private static readonly TimeSpan NeverComesBack = TimeSpan.FromMinutes(2);

    private readonly FuzzTarget _target;
    private readonly int _seed;
    private readonly string _current;
    private readonly MemoryMappedFile _currentFile;
    private readonly MemoryMappedViewAccessor _currentView;
    private readonly List<byte[]> _kept = [];
    private readonly HashSet<string> _ways = [];
    private long _started = long.MaxValue;

    public FuzzRun(FuzzTarget target, int seed)
    {
        _target = target;
        _seed = seed;
        Directory.CreateDirectory(ResultsDirectory);
        _current = Path.Combine(ResultsDirectory, $"{target.Name}.current");
        _currentFile = MemoryMappedFile.CreateFromFile(_current, FileMode.Create, null, CurrentOctets);
        _currentView = _currentFile.CreateViewAccessor();
    }

    /// <summary>Where inputs that failed are put.</summary>
    public static string ResultsDirectory { get; } = Repository.Combine("TestResults", "fuzz");

    /// <summary>How many inputs were tried.</summary>
    public long Tried { get; private set; }

    /// <summary>How many ways through the code were seen.</summary>
    public int Ways => _ways.Count;

    /// <summary>The inputs in the tree for a target: each once made it fail, or goes a way of its own.</summary>
    public static IEnumerable<string> CorpusFiles(FuzzTarget target)
    {
        string directory = Repository.Combine("Imapd.Tests", "Fuzz", "Corpus", target.Name);
        return Directory.Exists(directory) ? Directory.GetFiles(directory).Order(StringComparer.Ordinal) : [];
    }

    /// <summary>Tries an input once.</summary>
    /// <exception cref="FuzzFailure">It fails.</exception>
    public static string TryOnce(FuzzTarget target, byte[] input)
    {
        long time = ThreadNanoseconds();
        long memory = GC.GetAllocatedBytesForCurrentThread();
        object? result;
        try
        {
            result = target.Exercise(input);
        }
        catch (Exception error) when (error is not FuzzFailure)
        {
            throw new FuzzFailure(error.ToString());
        }

        memory = GC.GetAllocatedBytesForCurrentThread() - memory;
        time = ThreadNanoseconds() - time;
        if (memory > target.MaxAllocatedOctets(input.Length))
        {
            throw new FuzzFailure($"{memory} octets of memory for {input.Length} octets of input");
        }

        if (time > HangNanoseconds)
        {
            throw new FuzzFailure($"{time / 1_000_000} ms of processor time for {input.Length} octets of input");
        }

        try
        {
            return target.Check(input, result);
        }
        catch (Exception error) when (error is not FuzzFailure)
        {
            throw new FuzzFailure(error.ToString());
        }
    }

    /// <summary>Tries inputs until the time is over.</summary>
    /// <exception cref="FuzzFailure">One fails; it is in a file that the message names, with the command to repeat it.</exception>
    public void Run(TimeSpan duration)
    {
        FuzzFailure? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    TryInputs(duration);
                }
                catch (FuzzFailure found)
                {
                    failure = found;
                }
            },
            StackOctets)
        { IsBackground = true };
        thread.Start();
        while (!thread.Join(1000))
        {
            long started = Interlocked.Read(ref _started);
            if (started != long.MaxValue && Stopwatch.GetElapsedTime(started) > NeverComesBack)
            {
                throw new FuzzFailure($"does not come back: the input is at the beginning of {_current}");
            }
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    public void Dispose()
    {
        _currentView.Dispose();
        _currentFile.Dispose();
        if (Interlocked.Read(ref _started) == long.MaxValue)
        {
            File.Delete(_current);
        }
    }

    private void TryInputs(TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (byte[] seed in _target.Seeds.Concat(CorpusFiles(_target).Select(File.ReadAllBytes)))
        {
            Try(seed, mayKeep: false);
            _kept.Add(seed);
        }

        var random = new Random(_seed);
        var mutator = new Mutator(random, _target.Dictionary, _target.MaxInputOctets);
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            byte[] input = _kept[random.Next(_kept.Count)];
            byte[] other = _kept[random.Next(_kept.Count)];
            Try(_target.Repair(mutator.Next(input, other), random), mayKeep: true);
        }
    }

    private void Try(byte[] input, bool mayKeep)
    {
        _currentView.Write(0, input.Length);
        _currentView.WriteArray(sizeof(int), input, 0, Math.Min(input.Length, CurrentOctets - sizeof(int)));
        Interlocked.Exchange(ref _started, Stopwatch.GetTimestamp());
        try
        {
            bool isNew = _ways.Add(TryOnce(_target, input));
            if (isNew && mayKeep && _kept.Count < MaxKept)
            {
                _kept.Add(input);
            }
        }
        catch (FuzzFailure failure)
        {
            throw Explained(Shortened(input, failure));
        }
        finally
        {
            Interlocked.Exchange(ref _started, long.MaxValue);
        }

        Tried++;
    }

    /// <summary>Leaves out what is not needed for the failure, as far as half a minute goes.</summary>
    private (byte[] Input, FuzzFailure Failure) Shortened(byte[] input, FuzzFailure failure)
    {
        long start = Stopwatch.GetTimestamp();
        for (int piece = input.Length / 2; piece > 0; piece /= 2)
        {
            for (int at = 0; at + piece <= input.Length && Stopwatch.GetElapsedTime(start).TotalSeconds < 30;)
            {
                byte[] shorter = [.. input[..at], .. input[(at + piece)..]];
                try
                {
                    TryOnce(_target, shorter);
                    at += piece;
                }
                catch (FuzzFailure other)
                {
                    (input, failure) = (shorter, other);
                }
            }
        }

        return (input, failure);
    }

    private FuzzFailure Explained((byte[] Input, FuzzFailure Failure) found)
    {
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(found.Input))[..12];
        string path = Path.Combine(ResultsDirectory, $"{_target.Name}-{hash}");
        File.WriteAllBytes(path, found.Input);
        return new FuzzFailure(string.Create(
            CultureInfo.InvariantCulture,
            $"{found.Failure.Message}\nThe input is {path}. To try it again:\n    make fuzz TARGET={_target.Name} INPUT={path}\nTo come to it again: make fuzz TARGET={_target.Name} SEED={_seed}"));
    }

    private static long ThreadNanoseconds()
    {
        const int ThreadCpuTime = 3;
        return clock_gettime(ThreadCpuTime, out Timespec time) == 0
            ? (time.Seconds * 1_000_000_000) + time.Nanoseconds
            : throw new InvalidOperationException("clock_gettime");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out Timespec time);
}
