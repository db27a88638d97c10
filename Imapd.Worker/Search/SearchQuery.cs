namespace Imapd.Worker.Search;

/// <summary>A SEARCH's keys made ready, with the strings to be looked for in whole messages.</summary>
/// <param name="Criterion">What messages are searched for.</param>
/// <param name="Needles">What <see cref="MessageProbe.HasNeedle"/> is asked about, by its place here.</param>
internal sealed record SearchQuery(Criterion Criterion, IReadOnlyList<Needle> Needles);
