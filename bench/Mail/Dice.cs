namespace Imapd.Bench.Mail;

/// <summary>The same numbers from the same seed on every machine and framework (SplitMix64).</summary>
internal struct Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>From 0 to one less than <paramref name="limit"/>.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    public bool Percent(int chance) => Below(100) < chance;

    public T Of<T>(T[] choices) => choices[Below(choices.Length)];

    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
