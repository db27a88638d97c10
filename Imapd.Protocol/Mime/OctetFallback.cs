using System.Text;

namespace Imapd.Protocol.Mime;

/// <summary>Makes of every octet that is no text in its charset the character of the same number, U+0080 to U+00FF.</summary>
internal sealed class OctetFallback : DecoderFallback
{
    // The longest sequence that UTF-8 gives up at once has three octets.
    public override int MaxCharCount => 4;

    public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

    private sealed class Buffer : DecoderFallbackBuffer
    {
        private byte[] _octets = [];
        private int _next;

        public override int Remaining => _octets.Length - _next;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            _octets = bytesUnknown;
            _next = 0;
            return bytesUnknown.Length > 0;
        }

        public override char GetNextChar() => _next < _octets.Length ? (char)_octets[_next++] : '\0';

        public override bool MovePrevious()
        {
            if (_next == 0)
            {
                return false;
            }

            _next--;
            return true;
        }

        public override void Reset() => (_octets, _next) = ([], 0);
    }
}
