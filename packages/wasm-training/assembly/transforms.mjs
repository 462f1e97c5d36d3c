/**
 * Writes the AssemblyScript source of the transforms of fast (Winograd) convolution.
 *
 * A 1-D convolution of m outputs with r taps costs m r products; Cook and Toom evaluate the polynomials behind it at m + r - 1 points, multiply
 * there, and interpolate: y = AT ((G w) * (BT x)), with as many products as points. Rows and columns are transformed alike, so an image tile
 * costs points^2 products a channel instead of (m r)^2. Sums over channels (and, for the filter gradient, over tiles) happen between the
 * transforms: they are matrix products, one for each point. Gradients use the same matrices transposed.
 *
 * - stride 1, 3 taps, 2 outputs: points 0, 1, -1 and infinity: 16 products instead of 36.
 * - stride 2, 3 taps, 2 outputs: the even inputs meet taps 0 and 2 (a convolution of stride 1 with 2 taps: points 0, -1, infinity), the odd ones
 *   meet tap 1 (nothing to save): 25 products instead of 36.
 *
 * With these points all coefficients are 0, 1, -1 or 1/2 and results are more accurate than plain sums, which have nine times as many terms;
 * larger tiles need points whose powers grow, and lose digits.
 *
 * See Winograd, Arithmetic Complexity of Computations (1980); Lavin and Gray, arXiv:1509.09308.
 */
export const schemes = [
  { stride: 1, ...cookToom(2, 3, [0, 1, -1]) },
  { stride: 2, ...evenAndOdd(2, [0, -1]) },
];

/** AT (outputs x points), G (points x taps), BT (points x inputs) for finite points and infinity. */
function cookToom(outputs, taps, finite) {
  const inputs = outputs + taps - 1;
  const others = (j) => finite.filter((_, l) => l !== j);
  // The coefficients of the product of (x - p).
  const polynomial = (points) =>
    points.reduce((c, p) => [...c, 0].map((_, i) => (c[i - 1] ?? 0) - p * (c[i] ?? 0)), [1]);
  const padded = (c) => [...c, ...Array(inputs - c.length).fill(0)];
  return {
    outputs,
    inputs,
    AT: [...Array(outputs).keys()].map((i) => [...finite.map((p) => p ** i), i === outputs - 1 ? 1 : 0]),
    G: [
      ...finite.map((p, j) =>
        [...Array(taps).keys()].map((k) => p ** k / others(j).reduce((product, q) => product * (p - q), 1)),
      ),
      [...Array(taps).keys()].map((k) => (k === taps - 1 ? 1 : 0)),
    ],
    BT: [...finite.map((_, j) => padded(polynomial(others(j)))), polynomial(finite)],
  };
}

/** Stride 2 with 3 taps: two taps on the even inputs, one on the odd. */
function evenAndOdd(outputs, finite) {
  const even = cookToom(outputs, 2, finite);
  const inputs = 2 * outputs + 1;
  const odd = [...Array(outputs).keys()];
  const unit = (length, at) => [...Array(length).keys()].map((i) => (i === at ? 1 : 0));
  return {
    outputs,
    inputs,
    AT: even.AT.map((row, i) => [...row, ...unit(outputs, i)]),
    G: [...even.G.map(([first, last]) => [first, 0, last]), ...odd.map(() => [0, 1, 0])],
    BT: [
      ...even.BT.map((row) => [...Array(inputs).keys()].map((i) => (i % 2 === 0 ? row[i / 2] : 0))),
      ...odd.map((o) => unit(inputs, 2 * o + 1)),
    ],
  };
}

const transposed = (matrix) => matrix[0].map((_, j) => matrix.map((row) => row[j]));

/** The expression of one row of a matrix times named vectors. */
function combination(row, names) {
  let expression;
  row.forEach((coefficient, i) => {
    if (coefficient === 0) return;
    const term =
      Math.abs(coefficient) === 1 ? names[i] : `f32x4.mul(${names[i]}, f32x4.splat(${Math.abs(coefficient)}))`;
    if (expression === undefined) expression = coefficient < 0 ? `f32x4.neg(${term})` : term;
    else expression = `f32x4.${coefficient < 0 ? 'sub' : 'add'}(${expression}, ${term})`;
  });
  return expression ?? 'f32x4.splat(0)';
}

/**
 * A function that applies a matrix along the rows and along the columns of a square of elements, for `vectors` groups of four channels. Elements
 * of a row are `step` bytes apart, rows `next`; the results likewise. With `add`, they are added to what is there.
 */
function application(name, matrix, add = false) {
  const size = [...matrix[0].keys()];
  const results = [...matrix.keys()];
  const lines = [];
  for (const r of size) {
    lines.push(r === 0 ? 'let p = from;' : `p = from + ${r} * next;`);
    for (const c of size) {
      if (c > 0) lines.push('p += step;');
      lines.push(`const x${r}${c} = v128.load(p);`);
    }
    for (const j of results)
      lines.push(
        `const t${r}${j} = ${combination(
          matrix[j],
          size.map((c) => `x${r}${c}`),
        )};`,
      );
  }
  for (const i of results) {
    lines.push(i === 0 ? 'let q = to;' : `q = to + ${i} * toNext;`);
    for (const j of results) {
      if (j > 0) lines.push('q += toStep;');
      const value = combination(
        matrix[i],
        size.map((r) => `t${r}${j}`),
      );
      lines.push(`v128.store(q, ${add ? `f32x4.add(v128.load(q), ${value})` : value});`);
    }
  }
  return `
export function ${name}(from: usize, step: usize, next: usize, to: usize, toStep: usize, toNext: usize, vectors: i32): void {
  for (; vectors > 0; vectors--) {
${lines.map((line) => `    ${line}`).join('\n')}
    from += 16;
    to += 16;
  }
}
`;
}

export function transformSource() {
  const parts = schemes.flatMap(({ stride, AT, G, BT }) => [
    application(`input${stride}`, BT),
    application(`output${stride}`, AT),
    application(`outputGradient${stride}`, transposed(AT)),
    application(`inputGradient${stride}`, transposed(BT), true),
    application(`filter${stride}`, G),
    application(`filterGradient${stride}`, transposed(G)),
  ]);
  const sizes = schemes.map(
    ({ stride, outputs, inputs, BT }) =>
      `export const OUTPUTS${stride}: i32 = ${outputs};\nexport const INPUTS${stride}: i32 = ${inputs};\nexport const POINTS${stride}: i32 = ${BT.length};`,
  );
  return `// Written by transforms.mjs.\n${sizes.join('\n')}\n${parts.join('')}`;
}
