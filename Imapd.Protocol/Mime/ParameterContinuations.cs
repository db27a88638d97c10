using System.Globalization;

namespace Imapd.Protocol.Mime;

/// <summary>
/// Joins the pieces of parameters that were sent in several (RFC 2231 §3, §4.1): <c>n*0</c>, <c>n*1</c> become <c>n</c>,
/// or <c>n*</c> when a piece is percent-encoded. The encoding itself is kept as sent. Pieces of which one is missing are
/// left as they are.
/// </summary>
internal static class ParameterContinuations
{
    public static IReadOnlyList<MimeParameter> Join(List<MimeParameter> parameters)
    {
        Dictionary<string, List<Piece>>? families = null;
        foreach (MimeParameter parameter in parameters)
        {
            if (TryReadPiece(parameter, out string name, out Piece piece))
            {
                families ??= new(StringComparer.OrdinalIgnoreCase);
                if (!families.TryGetValue(name, out List<Piece>? pieces))
                {
                    families[name] = pieces = [];
                }

                pieces.Add(piece);
            }
        }

        return families is null ? parameters : Rebuild(parameters, families);
    }

    private static List<MimeParameter> Rebuild(
        List<MimeParameter> parameters, Dictionary<string, List<Piece>> families)
    {
        var joined = new List<MimeParameter>();
        var done = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (List<Piece> pieces in families.Values)
        {
            pieces.Sort((left, right) => left.Index.CompareTo(right.Index));
        }

        foreach (MimeParameter parameter in parameters)
        {
            if (!TryReadPiece(parameter, out string name, out _) || !IsWhole(families[name]))
            {
                joined.Add(parameter);
            }
            else if (done.Add(name))
            {
                joined.Add(JoinPieces(name, families[name]));
            }
        }

        return joined;
    }

    private static bool IsWhole(List<Piece> pieces) =>
        pieces[0].Index == 0 && pieces[^1].Index == pieces.Count - 1;

    private static MimeParameter JoinPieces(string name, List<Piece> pieces)
    {
        bool isEncoded = pieces.Exists(piece => piece.IsEncoded);
        var value = new List<byte>();
        if (isEncoded && !pieces[0].IsEncoded)
        {
            value.AddRange("''"u8);
        }

        foreach (Piece piece in pieces)
        {
            foreach (byte octet in piece.Value.Span)
            {
                if (isEncoded && !piece.IsEncoded && octet == '%')
                {
                    value.AddRange("%25"u8);
                }
                else
                {
                    value.Add(octet);
                }
            }
        }

        return new MimeParameter(isEncoded ? name + "*" : name, value.ToArray());
    }

    // section = "*" ("0" / number without leading zeros) [ "*" ]
    private static bool TryReadPiece(MimeParameter parameter, out string name, out Piece piece)
    {
        piece = default;
        ReadOnlySpan<char> full = parameter.Name;
        bool isEncoded = full.EndsWith("*");
        ReadOnlySpan<char> numbered = isEncoded ? full[..^1] : full;
        int star = numbered.LastIndexOf('*');
        name = star > 0 ? numbered[..star].ToString() : "";
        if (star <= 0
            || !int.TryParse(numbered[(star + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            return false;
        }

        piece = new Piece(index, isEncoded, parameter.Value);
        return true;
    }

    private readonly record struct Piece(int Index, bool IsEncoded, ReadOnlyMemory<byte> Value);
}
