/** Element types that cross a stage boundary; float16 travels as its raw bits. */
export interface TensorData {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  bool: Uint8Array;
  float16: Uint16Array;
}

export type DType = keyof TensorData;

/** A dense, row-major array with its shape: how numbers travel between stages. */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: TensorData[D];
}

const constructors: { [D in DType]: { readonly name: string } } = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  float16: Uint16Array,
};

/** Number of elements of a shape; 1 for a scalar's empty shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/**
 * Makes a tensor over `data`, which the tensor then shares with the caller.
 *
 * @throws {TypeError} if the array's class does not belong to `dtype`
 * @throws {RangeError} if a dimension is not a whole number ≥ 0 or the shape does not hold exactly `data.length` elements
 */
export function tensor<D extends DType>(
  dtype: D,
  shape: readonly number[],
  data: TensorData[D],
): Tensor<D> {
  const wanted = constructors[dtype].name;
  if (data.constructor.name !== wanted) {
    throw new TypeError(
      `Cannot make a ${dtype} tensor: expected ${wanted}, got ${data.constructor.name}`,
    );
  }
  if (shape.some((n) => !Number.isInteger(n) || n < 0)) {
    throw new RangeError(
      `Cannot make a tensor of shape [${shape}]: expected whole numbers of at least 0`,
    );
  }
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(
      `Cannot make a tensor of shape [${shape}]: expected ${
        sizeOf(shape)
      } elements, got ${data.length}`,
    );
  }
  return { dtype, shape, data };
}

/** A float32 tensor over `data`, a typed array or numbers. @throws as {@linkcode tensor} */
export function float32(
  shape: readonly number[],
  data: Float32Array | readonly number[],
): Tensor<"float32"> {
  return tensor("float32", shape, data instanceof Float32Array ? data : Float32Array.from(data));
}

/** Rows of equal length as one tensor, copied. [rows.length, length]; [0, 0] without rows */
export function stackRows(rows: readonly Float32Array[]): Tensor<"float32"> {
  const length = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * length);
  rows.forEach((row, i) => data.set(row, i * length));
  return float32([rows.length, length], data);
}

/** An int64 tensor of whole numbers. @throws as {@linkcode tensor} */
export function int64(
  shape: readonly number[],
  data: BigInt64Array | readonly number[],
): Tensor<"int64"> {
  return tensor(
    "int64",
    shape,
    data instanceof BigInt64Array ? data : BigInt64Array.from(data, (n) => BigInt(n)),
  );
}

/**
 * Gives the memory of an array back at once, where the collector would come by some time: it sees the
 * small object, not the many bytes behind it. The array is empty from then on. One that shares its
 * buffer with others, or that is a part of it, is left alone.
 */
export function freeArray({ buffer, byteLength }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
