using System.Runtime.InteropServices;

namespace Imapd.Worker.Native;

/// <summary>The calls of libpam (pam(3)), and its numbers as Linux-PAM has them.</summary>
internal static partial class Pam
{
    public const int Success = 0;
    public const int PermissionDenied = 6;
    public const int AuthenticationError = 7;
    public const int UserUnknown = 10;
    public const int MaxTries = 11;
    public const int NewPasswordRequired = 12;
    public const int AccountExpired = 13;
    public const int ConversationError = 19;
    public const int PasswordRecoveryError = 21;
    public const int PasswordExpired = 27;

    public const int ItemUser = 2;
    public const int ItemTty = 3;
    public const int ItemRemoteHost = 4;
    public const int ItemFailDelay = 10;

    public const int FlagSilent = 0x8000;
    public const int FlagNoEmptyPassword = 0x0001;
    public const int FlagEstablish = 0x0002;
    public const int FlagDelete = 0x0004;

    /// <summary>With the status for pam_end: this is not the end of the session, modules keep what they made outside.</summary>
    public const int DataSilent = 0x40000000;

    public const int PromptEchoOff = 1;
    public const int ErrorMessage = 3;
    public const int TextInformation = 4;

    /// <summary>The most messages a module may send at once.</summary>
    public const int MaxMessages = 32;

    /// <summary>The longest answer a module takes, in octets, its NUL among them.</summary>
    public const int MaxResponseOctets = 512;

    /// <summary>What a module says, or asks.</summary>
    internal unsafe struct Message
    {
        public int Style;
        public byte* Text;
    }

    /// <summary>What it is answered. Text is freed by libpam, so it comes from malloc.</summary>
    internal unsafe struct Response
    {
        public byte* Text;
        public int ReturnCode;
    }

    /// <summary>How libpam reaches us; copied by pam_start.</summary>
    internal unsafe struct Conversation
    {
        public delegate* unmanaged[Cdecl]<int, Message**, Response**, nint, int> Callback;
        public nint Data;
    }

    [LibraryImport("libpam.so.0", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int pam_start(string service, string user, in Conversation conversation, out nint handle);

    [LibraryImport("libpam.so.0")]
    internal static partial int pam_end(nint handle, int status);

    [LibraryImport("libpam.so.0", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int pam_set_item(nint handle, int item, string value);

    [LibraryImport("libpam.so.0", EntryPoint = "pam_set_item")]
    internal static unsafe partial int pam_set_fail_delay(
        nint handle, int item, delegate* unmanaged[Cdecl]<int, uint, nint, void> callback);

    [LibraryImport("libpam.so.0")]
    internal static unsafe partial int pam_get_item(nint handle, int item, byte** value);

    [LibraryImport("libpam.so.0")]
    internal static partial int pam_authenticate(nint handle, int flags);

    [LibraryImport("libpam.so.0")]
    internal static partial int pam_acct_mgmt(nint handle, int flags);

    [LibraryImport("libpam.so.0")]
    internal static partial int pam_setcred(nint handle, int flags);

    [LibraryImport("libpam.so.0")]
    internal static partial int pam_open_session(nint handle, int flags);

    [LibraryImport("libpam.so.0")]
    internal static partial int pam_close_session(nint handle, int flags);

    [LibraryImport("libpam.so.0")]
    internal static unsafe partial byte** pam_getenvlist(nint handle);

    [LibraryImport("libpam.so.0")]
    internal static unsafe partial byte* pam_strerror(nint handle, int code);
}
