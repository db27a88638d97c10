using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Imapd.Storage.Maildir.Native;

/// <summary>A list that grows outside the managed heap: what is large for a moment goes back to the system at once.</summary>
/// <remarks>Whoever made it disposes of it; nobody reads it afterwards.</remarks>
[SuppressMessage("Naming", "CA1710", Justification = "It is no collection to others")]
internal sealed unsafe class NativeList<T> : IDisposable
    where T : unmanaged
{
    private const int FirstRoom = 256;

    private T* _items;
    private long _room;

    /// <summary>How many items there are.</summary>
    public long Count { get; private set; }

    /// <summary>An item, to be read or written; valid until the next one is added.</summary>
    public ref T this[long at]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)at, (ulong)Count, nameof(at));
            return ref _items[at];
        }
    }

    /// <summary>Adds an item.</summary>
    public void Add(T item)
    {
        Reserve(1);
        _items[Count++] = item;
    }

    /// <summary>Adds items.</summary>
    public void Add(ReadOnlySpan<T> items)
    {
        Reserve(items.Length);
        items.CopyTo(new Span<T>(_items + Count, items.Length));
        Count += items.Length;
    }

    /// <summary>Some of the items; valid until the next one is added.</summary>
    public Span<T> Slice(long at, int count)
    {
        if (at < 0 || count < 0 || at > Count - count)
        {
            throw new ArgumentOutOfRangeException(nameof(at));
        }

        return new Span<T>(_items + at, count);
    }

    /// <summary>All items; valid until the next one is added.</summary>
    public Span<T> All() => new(_items, checked((int)Count));

    /// <summary>Forgets the items there are, and has so many of the default value.</summary>
    public void Reset(int count)
    {
        Count = 0;
        Reserve(count);
        Count = count;
        All().Clear();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        NativeMemory.Free(_items);
        _items = null;
        _room = 0;
        Count = 0;
    }

    private void Reserve(int more)
    {
        if (Count + more > _room)
        {
            long room = Math.Max(Math.Max(_room * 2, FirstRoom), Count + more);
            _items = (T*)NativeMemory.Realloc(_items, checked((nuint)room * (nuint)sizeof(T)));
            _room = room;
        }
    }
}
