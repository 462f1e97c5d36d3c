import type { Ceilings } from '@jembench/harness';

/** Independent chains: enough to hide a multiply-add's latency, few enough for the registers. */
const chains = 12;
const laneFlops = 2 * 4;

const section = (id: number, body: readonly number[]): number[] => [id, ...leb(body.length), ...body];

function leb(value: number): number[] {
  const bytes: number[] = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return bytes;
}

const f32 = (value: number): number[] => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];
const splat = [0xfd, 0x13];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];

/**
 * A WebAssembly module whose function `f(n)` does `12 n` multiply-adds of four floats, `y = y a + b`, twelve chains side by side.
 *
 *     local 0: n;  locals 1, 2: a, b;  locals 3 ... 14: the chains
 */
function multiplyAddModule(relaxed: boolean): Uint8Array<ArrayBuffer> {
  const madd = relaxed
    ? [...get(1), ...get(2), 0xfd, 0x85, 0x02] // f32x4.relaxed_madd
    : [...get(1), 0xfd, 0xe6, 0x01, ...get(2), 0xfd, 0xe4, 0x01]; // f32x4.mul, f32x4.add
  const locals = Array.from({ length: chains }, (_, i) => 3 + i);
  const code = [
    ...[1, 2 + chains, 0x7b], // one group of locals: v128
    ...[...f32(0.999), ...splat, ...set(1), ...f32(0.001), ...splat, ...set(2)],
    ...locals.flatMap((local) => [...f32(local), ...splat, ...set(local)]),
    ...[0x03, 0x40], // loop
    ...locals.flatMap((local) => [...get(local), ...madd, ...set(local)]),
    ...[...get(0), 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b], // n = n - 1; repeat while n is not 0; end
    ...get(3),
    ...locals.slice(1).flatMap((local) => [...get(local), 0xfd, 0xe4, 0x01]),
    ...[0xfd, 0x1f, 0, 0x0b], // the first lane of the chains' sum; end
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7d]), // type (i32) -> f32
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 0x66, 0, 0]), // export "f"
    ...section(10, [1, ...leb(code.length), ...code]),
  ]);
}

/** The parts of `WebAssembly` that are used here: the library of types without a DOM does not know it. */
interface Engine {
  validate(bytes: Uint8Array): boolean;
  instantiate(bytes: Uint8Array): Promise<{ instance: { exports: { f(n: number): number } } }>;
}

/** Milliseconds of the fastest of several calls, after calls that let the engine optimise. */
function fastest(now: () => number, call: () => void): number {
  for (let i = 0; i < 3; i++) call();
  let best = Infinity;
  for (let i = 0; i < 7; i++) {
    const start = now();
    call();
    best = Math.min(best, now() - start);
  }
  return best;
}

/**
 * What one thread of WebAssembly on this machine can do at most: multiply-adds in registers, fused where the engine has relaxed SIMD, and
 * a copy of 64 MiB, its bytes counted once read and once written. About half a second.
 */
export async function measuredCeilings(now: () => number): Promise<Ceilings> {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: Engine };
  const fused = multiplyAddModule(true);
  const { instance } = await WebAssembly.instantiate(WebAssembly.validate(fused) ? fused : multiplyAddModule(false));
  const n = 1_000_000;
  const computeMs = fastest(now, () => instance.exports.f(n));

  const from = new Float32Array(2 ** 24).fill(1);
  const to = new Float32Array(2 ** 24);
  const copyMs = fastest(now, () => {
    to.set(from);
  });
  return {
    gflops: (n * chains * laneFlops) / computeMs / 1e6,
    gbps: (2 * from.byteLength) / copyMs / 1e6,
  };
}
