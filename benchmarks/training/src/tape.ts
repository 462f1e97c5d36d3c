import { rowProducts, transposed, type Rows } from '@jembench/harness';

/**
 * Reverse-mode differentiation of matrices in float64: the definitions that the steps are checked against.
 *
 * A node is a matrix `[rows, columns]`; images are `[N H W, C]`, tokens `[N T, D]`. Plain loops; products go over rows that lie together,
 * some at a time, because a step at the published sizes has ten billion multiply-adds.
 */
export interface Node extends Rows {
  /** The gradient of the end by this; null where nobody needs it. */
  readonly slope: Float64Array | null;
}

function add(to: Float64Array | null, values: Float64Array): void {
  if (to !== null) for (let i = 0; i < values.length; i++) to[i] += values[i];
}

/** Sizes of a convolution: `[N, H, W, C]`, a square kernel, and padding before the first row and column; what is missing behind is 0. */
export interface Geometry {
  readonly N: number;
  readonly H: number;
  readonly W: number;
  readonly C: number;
  readonly side: number;
  readonly stride: number;
  readonly before: number;
}

/** A computation that remembers how to go back. */
export class Tape {
  readonly #back: (() => void)[] = [];

  /** A weight, whose gradient is wanted. */
  weight(values: ArrayLike<number>, rows: number, columns: number): Node {
    const data = Float64Array.from(values);
    return { data, rows, columns, slope: new Float64Array(data.length) };
  }

  /** An input, whose gradient nobody wants. */
  constant(values: ArrayLike<number>, rows: number, columns: number): Node {
    return { data: Float64Array.from(values), rows, columns, slope: null };
  }

  #node(
    data: Float64Array,
    rows: number,
    columns: number,
    from: readonly Node[],
    back: (slope: Float64Array) => void,
  ): Node {
    if (from.every(({ slope }) => slope === null)) return { data, rows, columns, slope: null };
    const slope = new Float64Array(data.length);
    this.#back.push(() => {
      back(slope);
    });
    return { data, rows, columns, slope };
  }

  /** Goes back from a scalar: fills the slopes of everything before it. */
  differentiate(end: Node): void {
    end.slope?.fill(1);
    for (const back of this.#back.reverse()) back();
  }

  /** `x w`. */
  product(x: Node, w: Node): Node {
    const [M, N] = [x.rows, w.columns];
    const { data } = rowProducts(x, transposed(w));
    return this.#node(data, M, N, [x, w], (slope) => {
      const back = { data: slope, rows: M, columns: N };
      if (x.slope !== null) add(x.slope, rowProducts(back, w).data);
      add(w.slope, rowProducts(transposed(x), transposed(back)).data);
    });
  }

  /** `x + b`, the rows of b over and over: a bias (one row), or one for each position. */
  shifted(x: Node, b: Node): Node {
    const size = b.data.length;
    const data = x.data.map((value, i) => value + b.data[i % size]);
    return this.#node(data, x.rows, x.columns, [x, b], (slope) => {
      add(x.slope, slope);
      if (b.slope !== null) for (let i = 0; i < slope.length; i++) b.slope[i % size] += slope[i];
    });
  }

  sum(a: Node, b: Node): Node {
    const data = a.data.map((value, i) => value + b.data[i]);
    return this.#node(data, a.rows, a.columns, [a, b], (slope) => {
      add(a.slope, slope);
      add(b.slope, slope);
    });
  }

  /** A function of every value, and its derivative. */
  each(x: Node, value: (x: number) => number, derivative: (x: number) => number): Node {
    return this.#node(x.data.map(value), x.rows, x.columns, [x], (slope) => {
      const { slope: to } = x;
      if (to !== null) for (let i = 0; i < to.length; i++) to[i] += slope[i] * derivative(x.data[i]);
    });
  }

  /** The windows of images, a row each: `[N OH OW, side side C]`. */
  windows(x: Node, { N, H, W, C, side, stride, before }: Geometry): Node {
    const [OH, OW] = [Math.ceil(H / stride), Math.ceil(W / stride)];
    const columns = side * side * C;
    const data = new Float64Array(N * OH * OW * columns);
    const visit = (at: (window: number, image: number) => void): void => {
      for (let n = 0; n < N; n++)
        for (let i = 0; i < OH; i++)
          for (let j = 0; j < OW; j++)
            for (let p = 0; p < side; p++)
              for (let q = 0; q < side; q++) {
                const [h, w] = [i * stride + p - before, j * stride + q - before];
                if (h < 0 || w < 0 || h >= H || w >= W) continue;
                at((((n * OH + i) * OW + j) * side * side + p * side + q) * C, ((n * H + h) * W + w) * C);
              }
    };
    visit((window, image) => {
      for (let c = 0; c < C; c++) data[window + c] = x.data[image + c];
    });
    return this.#node(data, N * OH * OW, columns, [x], (slope) => {
      const { slope: to } = x;
      if (to === null) return;
      visit((window, image) => {
        for (let c = 0; c < C; c++) to[image + c] += slope[window + c];
      });
    });
  }

  relu(x: Node): Node {
    return this.each(
      x,
      (value) => Math.max(0, value),
      (value) => (value > 0 ? 1 : 0),
    );
  }

  /** Every column to mean 0 and (biased) variance 1 over the rows, then scaled and shifted. */
  batchNorm(x: Node, gamma: Node, beta: Node, eps: number): Node {
    const columns = transposed(x);
    const across = this.#standardised(columns, eps);
    const upright = (data: Float64Array): Float64Array => transposed({ ...columns, data }).data;
    const normal = this.#node(upright(across.data), x.rows, x.columns, [x], (slope) => {
      const towards = transposed({ data: slope, rows: x.rows, columns: x.columns });
      add(x.slope, upright(across.back(towards.data)));
    });
    return this.#scaled(normal, gamma, beta);
  }

  /** Every row to mean 0 and variance 1, then scaled and shifted. */
  layerNorm(x: Node, gamma: Node, beta: Node, eps: number): Node {
    const along = this.#standardised(x, eps);
    const normal = this.#node(along.data, x.rows, x.columns, [x], (slope) => {
      add(x.slope, along.back(slope));
    });
    return this.#scaled(normal, gamma, beta);
  }

  #standardised({ data: values, rows, columns }: Rows, eps: number) {
    const data = new Float64Array(values.length);
    const inverse = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      const row = values.subarray(i * columns, (i + 1) * columns);
      const mean = row.reduce((sum, value) => sum + value, 0) / columns;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / columns;
      inverse[i] = 1 / Math.sqrt(variance + eps);
      for (let j = 0; j < columns; j++) data[i * columns + j] = (row[j] - mean) * inverse[i];
    }
    const back = (slope: Float64Array): Float64Array => {
      const result = new Float64Array(slope.length);
      for (let i = 0; i < rows; i++) {
        const from = i * columns;
        let [mean, along] = [0, 0];
        for (let j = 0; j < columns; j++) {
          mean += slope[from + j] / columns;
          along += (slope[from + j] * data[from + j]) / columns;
        }
        for (let j = 0; j < columns; j++)
          result[from + j] = inverse[i] * (slope[from + j] - mean - data[from + j] * along);
      }
      return result;
    };
    return { data, back };
  }

  #scaled(x: Node, gamma: Node, beta: Node): Node {
    const D = x.columns;
    const data = x.data.map((value, i) => value * gamma.data[i % D] + beta.data[i % D]);
    return this.#node(data, x.rows, D, [x, gamma, beta], (slope) => {
      for (let i = 0; i < slope.length; i++) {
        if (x.slope !== null) x.slope[i] += slope[i] * gamma.data[i % D];
        if (gamma.slope !== null) gamma.slope[i % D] += slope[i] * x.data[i];
        if (beta.slope !== null) beta.slope[i % D] += slope[i];
      }
    });
  }

  /** `softmax(q k^T / sqrt(d)) v` of every image and head; `[N T, 3 D]`, queries first, heads side by side, to `[N T, D]`. */
  attention(qkv: Node, T: number, heads: number): Node {
    const D = qkv.columns / 3;
    const d = D / heads;
    const N = qkv.rows / T;
    const data = new Float64Array(N * T * D);
    const weights = new Float64Array(N * heads * T * T);
    const at = (n: number, t: number, part: number, h: number): number => (n * T + t) * 3 * D + part * D + h * d;
    for (let n = 0; n < N; n++)
      for (let h = 0; h < heads; h++)
        for (let i = 0; i < T; i++) {
          const row = weights.subarray(((n * heads + h) * T + i) * T, ((n * heads + h) * T + i + 1) * T);
          const q = at(n, i, 0, h);
          for (let j = 0; j < T; j++) {
            const k = at(n, j, 1, h);
            let dot = 0;
            for (let c = 0; c < d; c++) dot += qkv.data[q + c] * qkv.data[k + c];
            row[j] = dot / Math.sqrt(d);
          }
          const largest = row.reduce((a, b) => Math.max(a, b));
          for (let j = 0; j < T; j++) row[j] = Math.exp(row[j] - largest);
          const total = row.reduce((a, b) => a + b);
          const out = (n * T + i) * D + h * d;
          for (let j = 0; j < T; j++) {
            row[j] /= total;
            const v = at(n, j, 2, h);
            for (let c = 0; c < d; c++) data[out + c] += row[j] * qkv.data[v + c];
          }
        }
    return this.#node(data, N * T, D, [qkv], (slope) => {
      const { slope: to } = qkv;
      if (to === null) return;
      const towards = new Float64Array(T);
      for (let n = 0; n < N; n++)
        for (let h = 0; h < heads; h++)
          for (let i = 0; i < T; i++) {
            const row = weights.subarray(((n * heads + h) * T + i) * T, ((n * heads + h) * T + i + 1) * T);
            const out = (n * T + i) * D + h * d;
            let mean = 0;
            for (let j = 0; j < T; j++) {
              const v = at(n, j, 2, h);
              let dot = 0;
              for (let c = 0; c < d; c++) {
                dot += slope[out + c] * qkv.data[v + c];
                to[v + c] += row[j] * slope[out + c];
              }
              towards[j] = dot;
              mean += row[j] * dot;
            }
            const q = at(n, i, 0, h);
            for (let j = 0; j < T; j++) {
              const s = (row[j] * (towards[j] - mean)) / Math.sqrt(d);
              const k = at(n, j, 1, h);
              for (let c = 0; c < d; c++) {
                to[q + c] += s * qkv.data[k + c];
                to[k + c] += s * qkv.data[q + c];
              }
            }
          }
    });
  }

  /** The mean of every `group` rows. */
  means(x: Node, group: number): Node {
    const [rows, D] = [x.rows / group, x.columns];
    const place = (i: number): number => Math.floor(i / (group * D)) * D + (i % D);
    const data = new Float64Array(rows * D);
    for (let i = 0; i < x.data.length; i++) data[place(i)] += x.data[i] / group;
    return this.#node(data, rows, D, [x], (slope) => {
      const { slope: to } = x;
      if (to !== null) for (let i = 0; i < to.length; i++) to[i] += slope[place(i)] / group;
    });
  }

  /** A number whose gradient by each matrix that it is made of is known. */
  known(value: number, from: readonly { readonly node: Node; readonly gradient: Float64Array }[]): Node {
    const nodes = from.map(({ node }) => node);
    return this.#node(Float64Array.of(value), 1, 1, nodes, ([slope]) => {
      for (const { node, gradient } of from)
        add(
          node.slope,
          gradient.map((each) => slope * each),
        );
    });
  }

  /** The mean of `(x - target)^2`. */
  squaredError(x: Node, target: ArrayLike<number>): Node {
    const size = x.data.length;
    const total = x.data.reduce((sum, value, i) => sum + (value - target[i]) ** 2 / size, 0);
    return this.#node(Float64Array.of(total), 1, 1, [x], ([slope]) => {
      const { slope: to } = x;
      if (to !== null) for (let i = 0; i < size; i++) to[i] += (slope * 2 * (x.data[i] - target[i])) / size;
    });
  }
}
