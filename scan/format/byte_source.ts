/** Bytes that arrive bit by bit and are read from the front by absolute offset. */
export interface ByteSource {
  /** Waits until `length` bytes are there, or the end. @returns how many are, at most `length` */
  until(length: number): Promise<number>;
  /** A view of bytes that are there; it stays valid until the next `until`. */
  view(start: number, end: number): Uint8Array<ArrayBuffer>;
  /** Stops the transfer. */
  close(): Promise<void>;
}

/** Bytes that are all there already; the source shares them. */
export function sourceOfBytes(bytes: Uint8Array<ArrayBuffer>): ByteSource {
  return {
    until: (length) => Promise.resolve(Math.min(length, bytes.length)),
    view: (start, end) => bytes.subarray(start, end),
    close: () => Promise.resolve(),
  };
}

/** Bytes of a stream, kept as they come: memory grows with what has arrived, never with what was announced. */
export function sourceOfStream(stream: ReadableStream<Uint8Array>): ByteSource {
  const reader = stream.getReader();
  let buffer = new Uint8Array(64 * 1024);
  let filled = 0;
  let ended = false;

  return {
    async until(length) {
      while (filled < length && !ended) {
        const { done, value } = await reader.read();
        if (done) {
          ended = true;
          break;
        }
        if (filled + value.length > buffer.length) {
          const larger = new Uint8Array(Math.max(2 * buffer.length, filled + value.length));
          larger.set(buffer.subarray(0, filled));
          buffer = larger;
        }
        buffer.set(value, filled);
        filled += value.length;
      }
      return Math.min(filled, length);
    },
    view: (start, end) => buffer.subarray(start, end),
    async close() {
      // A stream that broke has nothing left to cancel.
      await reader.cancel().catch(() => {});
      reader.releaseLock();
    },
  };
}
