using System.Runtime.InteropServices;

namespace Imapd.Master.Native;

/// <summary>An argv or envp: UTF-8 strings and the array of pointers to them, ended by a null pointer.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly int _count;

    public NativeStrings(IReadOnlyList<string> values)
    {
        _count = values.Count;
        Pointers = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        for (int index = 0; index < _count; index++)
        {
            Pointers[index] = (byte*)Marshal.StringToCoTaskMemUTF8(values[index]);
        }
    }

    public byte** Pointers { get; }

    public byte* First => Pointers[0];

    public void Dispose()
    {
        for (int index = 0; index < _count; index++)
        {
            Marshal.FreeCoTaskMem((nint)Pointers[index]);
        }
        NativeMemory.Free(Pointers);
    }
}
