using System.Runtime.InteropServices;
using System.Text;

namespace Imapd.Worker.Native;

/// <summary>
/// A program started by this process in a session of its own, with nothing to read, its standard output on a pipe, its standard error
/// nowhere, and no other descriptor. Disposing kills its process group and takes its status.
/// </summary>
internal sealed unsafe partial class ChildProgram : IDisposable
{
    private const int AttributesOctets = 336; // sizeof(posix_spawnattr_t), the larger of the two
    private const int SignalSetOctets = 128;
    private const short SetDefaultSignals = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int OpenReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const int SigKill = 9;
    private const int SigPipe = 13;
    private const int Eintr = 4;
    private const int FirstClosed = 3;
    private const int SignalStatus = 128;

    private readonly int _pid;
    private int? _status;

    private ChildProgram(int pid, int process, int output)
    {
        _pid = pid;
        Process = process;
        Output = output;
    }

    /// <summary>Readable when it has ended.</summary>
    public int Process { get; }

    /// <summary>What it prints.</summary>
    public int Output { get; }

    /// <summary>Starts it.</summary>
    /// <exception cref="SystemCallException">It could not be started, or not be watched; then it was killed.</exception>
    public static ChildProgram Start(string path, IReadOnlyList<string> arguments)
    {
        int* ends = stackalloc int[2];
        if (pipe2(ends, CloseOnExec) == -1)
        {
            throw SystemCallException.FromLastError("pipe2", path);
        }
        int pid = 0;
        int error = SpawnWith(path, arguments, ends[1], &pid);
        _ = close(ends[1]);
        if (error != 0)
        {
            _ = close(ends[0]);
            throw new SystemCallException("posix_spawn", path, error);
        }
        int process = pidfd_open(pid, 0);
        var program = new ChildProgram(pid, process, ends[0]);
        if (process == -1)
        {
            SystemCallException refusal = SystemCallException.FromLastError("pidfd_open", path);
            program.Dispose();
            throw refusal;
        }
        return program;
    }

    /// <summary>This process becomes another program, with its environment and descriptors 0 to 2. Returns when that cannot be.</summary>
    public static void Become(string path)
    {
        // Ignored by the runtime, and inherited: a script in a pipeline would not end with its reader.
        _ = signal(SigPipe, 0);
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* first = name)
        {
            byte** argv = stackalloc byte*[] { first, null };
            _ = close_range(FirstClosed, uint.MaxValue, 4); // CLOSE_RANGE_CLOEXEC
            _ = execv(first, argv);
        }
    }

    /// <summary>Takes what it has printed, waiting for it; 0 at the end, when nobody holds its output any more.</summary>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            return (int)Math.Max(0, read(Output, first, (nuint)buffer.Length));
        }
    }

    /// <summary>Kills what is left of it, and waits for its end.</summary>
    /// <returns>Its status; from 128 on a signal has ended it.</returns>
    public int End()
    {
        if (_status is null)
        {
            // As long as its status was not taken, its number is that of no other process or group.
            _ = kill(-_pid, SigKill);
            int status;
            while (waitpid(_pid, &status, 0) == -1 && Marshal.GetLastPInvokeError() == Eintr)
            {
                // once more
            }
            int signalNumber = status & 0x7f;
            _status = signalNumber == 0 ? (status >> 8) & 0xff : SignalStatus + signalNumber;
        }
        return _status.Value;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _ = End();
        _ = close(Output);
        if (Process != -1)
        {
            _ = close(Process);
        }
    }

    private static int SpawnWith(string path, IReadOnlyList<string> arguments, int output, int* pid)
    {
        byte* actions = stackalloc byte[AttributesOctets];
        byte* attributes = stackalloc byte[AttributesOctets];
        byte* signals = stackalloc byte[SignalSetOctets];
        using var argv = new TextList([path, .. arguments]);
        using var envp = new TextList([]);
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawnattr_init(attributes);
        try
        {
            int error;
            fixed (byte* empty = "/dev/null\0"u8)
            {
                error = posix_spawn_file_actions_addopen(actions, 0, empty, OpenReadWrite, 0);
                error |= posix_spawn_file_actions_adddup2(actions, output, 1);
                error |= posix_spawn_file_actions_adddup2(actions, 0, 2);
                error |= posix_spawn_file_actions_addclosefrom_np(actions, FirstClosed);
                _ = sigfillset(signals);
                error |= posix_spawnattr_setsigdefault(attributes, signals);
                _ = sigemptyset(signals);
                error |= posix_spawnattr_setsigmask(attributes, signals);
                error |= posix_spawnattr_setflags(attributes, SetDefaultSignals | SetSignalMask | SetSession);
                return error != 0 ? error : posix_spawn(pid, argv.Texts[0], actions, attributes, argv.Texts, envp.Texts);
            }
        }
        finally
        {
            _ = posix_spawnattr_destroy(attributes);
            _ = posix_spawn_file_actions_destroy(actions);
        }
    }

    // char *[], with its NULL at the end.
    private sealed class TextList : IDisposable
    {
        private readonly int _count;

        public TextList(IReadOnlyList<string> texts)
        {
            _count = texts.Count;
            Texts = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (int index = 0; index < _count; index++)
            {
                Texts[index] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[index]);
            }
        }

        public byte** Texts { get; }

        public void Dispose()
        {
            for (int index = 0; index < _count; index++)
            {
                Marshal.FreeCoTaskMem((nint)Texts[index]);
            }
            NativeMemory.Free(Texts);
        }
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn(int* pid, byte* path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addopen(byte* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addclosefrom_np(byte* actions, int from);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int sigfillset(byte* signals);

    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* signals);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* buffer, nuint octets);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close_range(uint first, uint last, uint flags);

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int execv(byte* path, byte** argv);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pidfd_open(int pid, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int number);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);
}
