using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Imapd.Worker.Native;

namespace Imapd.Worker.Login;

/// <summary>
/// Our side of what modules of PAM say and ask: one hidden prompt is answered, with the password; any other prompt is
/// refused, because an IMAP login has nothing else to answer with. What modules say is kept for the log.
/// </summary>
internal sealed class PamConversation(byte[] password) : IDisposable
{
    // Modules say a line or two ("Your account has expired"); more helps nobody who reads the log.
    private const int MaxTexts = 8;
    private const int MaxTextOctets = 256;

    private GCHandle _self;
    private bool _wasAsked;

    /// <summary>What modules had to say, bounded; not yet fit for a log, which escapes it.</summary>
    public List<string> Texts { get; } = [];

    /// <summary>Whether a module asked for something that is not there to give.</summary>
    public bool RefusedPrompt { get; private set; }

    /// <summary>How long PAM wants a failed attempt to take, in microseconds; measured from its start.</summary>
    public uint DelayMicroseconds { get; private set; }

    /// <summary>What pam_start wants. The conversation must be kept until after pam_end.</summary>
    public unsafe Pam.Conversation ToNative()
    {
        if (!_self.IsAllocated)
        {
            _self = GCHandle.Alloc(this);
        }
        return new Pam.Conversation { Callback = &Converse, Data = GCHandle.ToIntPtr(_self) };
    }

    /// <summary>
    /// Has PAM hand its delay after a failure to us instead of sleeping itself: PAM would sleep only when the password was
    /// wrong, not when the account is refused afterwards, and so tell strangers which it was.
    /// </summary>
    public static unsafe int TakeDelays(nint handle) => Pam.pam_set_fail_delay(handle, Pam.ItemFailDelay, &Delay);

    /// <summary>After pam_end.</summary>
    public void Dispose()
    {
        if (_self.IsAllocated)
        {
            _self.Free();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Delay(int status, uint microseconds, nint data)
    {
        if (GCHandle.FromIntPtr(data).Target is PamConversation conversation)
        {
            conversation.DelayMicroseconds = Math.Max(conversation.DelayMicroseconds, microseconds);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe int Converse(int count, Pam.Message** messages, Pam.Response** responses, nint data)
    {
        if (count is <= 0 or > Pam.MaxMessages
            || messages is null
            || responses is null
            || GCHandle.FromIntPtr(data).Target is not PamConversation conversation)
        {
            return Pam.ConversationError;
        }
        *responses = null;
        var answers = (Pam.Response*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(Pam.Response));
        for (int index = 0; index < count; index++)
        {
            if (!conversation.Answer(messages[index], &answers[index]))
            {
                Free(answers, count);
                return Pam.ConversationError;
            }
        }
        *responses = answers;
        return Pam.Success;
    }

    private unsafe bool Answer(Pam.Message* message, Pam.Response* response)
    {
        switch (message->Style)
        {
            case Pam.ErrorMessage or Pam.TextInformation:
                Keep(message->Text);
                return true;
            case Pam.PromptEchoOff when !_wasAsked:
                _wasAsked = true;
                response->Text = (byte*)NativeMemory.AllocZeroed((nuint)password.Length + 1);
                password.CopyTo(new Span<byte>(response->Text, password.Length));
                return true;
            default:
                RefusedPrompt = true;
                return false;
        }
    }

    private unsafe void Keep(byte* text)
    {
        if (text is not null && Texts.Count < MaxTexts)
        {
            ReadOnlySpan<byte> octets = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);
            Texts.Add(Encoding.UTF8.GetString(octets[..Math.Min(octets.Length, MaxTextOctets)]));
        }
    }

    private static unsafe void Free(Pam.Response* answers, int count)
    {
        for (int index = 0; index < count; index++)
        {
            if (answers[index].Text is not null)
            {
                int octets = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(answers[index].Text).Length;
                CryptographicOperations.ZeroMemory(new Span<byte>(answers[index].Text, octets));
                NativeMemory.Free(answers[index].Text);
            }
        }
        NativeMemory.Free(answers);
    }
}
