using System.Net.Sockets;
using Mono.Unix.Native;

namespace Imapd.Tests.Worker;

/// <summary>Two connected stream sockets.</summary>
internal static class SocketPair
{
    public static (Socket One, Socket Other) Create()
    {
        (int one, int other) = CreateDescriptors();
        return (Own(one), Own(other));
    }

    /// <summary>The same, of which one is to become somebody else's.</summary>
    public static (int One, int Other) CreateDescriptors()
    {
        int result = Syscall.socketpair(
            UnixAddressFamily.AF_UNIX, UnixSocketType.SOCK_STREAM, UnixSocketFlags.SOCK_CLOEXEC, 0, out int one, out int other);
        return result == 0 ? (one, other) : throw new IOException($"socketpair: {Stdlib.GetLastError()}");
    }

    /// <summary>Makes a descriptor a socket that closes it.</summary>
    public static Socket Own(int descriptor) => new(new SafeSocketHandle(descriptor, ownsHandle: true));
}
