using System.Text;

namespace Imapd.Tests.Fuzz;

/// <summary>Code that any octets are given to.</summary>
/// <remarks>
/// A failure is an exception, more than a second of processor time, more memory than <see cref="MaxAllocatedOctets"/>, or what
/// <see cref="Check"/> finds wrong.
/// </remarks>
internal abstract class FuzzTarget : IDisposable
{
    /// <summary>Its name in <c>make fuzz TARGET=</c>, and its directory in the corpus.</summary>
    public abstract string Name { get; }

    /// <summary>Inputs to begin with, beside those in the corpus.</summary>
    public abstract IEnumerable<byte[]> Seeds { get; }

    /// <summary>Pieces that inputs are made of.</summary>
    public virtual IReadOnlyList<string> Dictionary => [];

    /// <summary>The longest input worth trying.</summary>
    public virtual int MaxInputOctets => 64 * 1024;

    /// <summary>The memory that <see cref="Exercise"/> may take, freed or not, for an input.</summary>
    public virtual long MaxAllocatedOctets(int inputOctets) => (1024 * 1024) + (100L * inputOctets);

    /// <summary>Makes an input one that gets further, for example by putting its checksums right.</summary>
    public virtual byte[] Repair(byte[] input, Random random) => input;

    /// <summary>Gives the input to the code. Memory and time are counted; an exception that is documented is caught here.</summary>
    /// <returns>What <see cref="Check"/> needs.</returns>
    public abstract object? Exercise(byte[] input);

    /// <summary>Whether what came of it is right.</summary>
    /// <returns>In what way the input went through the code: one that goes another way than those before is kept to begin with.</returns>
    /// <exception cref="FuzzFailure">It is wrong.</exception>
    public abstract string Check(byte[] input, object? result);

    public virtual void Dispose()
    {
    }

    public sealed override string ToString() => Name;

    protected static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);

    protected static string Latin1(ReadOnlySpan<byte> octets) => Encoding.Latin1.GetString(octets);

    protected static void Require(bool condition, Func<string> otherwise)
    {
        if (!condition)
        {
            throw new FuzzFailure(otherwise());
        }
    }

    /// <summary>A text without its numbers and names, so that those that differ in them only are one.</summary>
    protected static string Shape(string message) => string.Concat(message.Select(static c => char.IsAsciiDigit(c) ? '#' : c));
}

/// <summary>What came of an input is wrong.</summary>
internal sealed class FuzzFailure(string message) : Exception(message);
