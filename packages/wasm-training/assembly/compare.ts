import { lastOperand, operand } from './lanes';

/** How two elements are compared. */
const EQUAL: i32 = 0;
const NOT_EQUAL: i32 = 1;
const GREATER: i32 = 2;
const GREATER_EQUAL: i32 = 3;
const LESS: i32 = 4;

function holds(a: v128, b: v128, relation: i32): v128 {
  if (relation == EQUAL) return f32x4.eq(a, b);
  if (relation == NOT_EQUAL) return f32x4.ne(a, b);
  if (relation == GREATER) return f32x4.gt(a, b);
  if (relation == GREATER_EQUAL) return f32x4.ge(a, b);
  if (relation == LESS) return f32x4.lt(a, b);
  return f32x4.le(a, b);
}

/** y (one byte an element, 0 or 1) says where the relation holds; a step of 0 instead of 16 bytes repeats one value. */
export function compare(a: usize, stepA: i32, b: usize, stepB: i32, y: usize, count: i32, relation: i32): void {
  let i = 0;
  for (; i + 16 <= count; i += 16) {
    const m0 = holds(operand(a, stepA), operand(b, stepB), relation);
    const m1 = holds(operand(a + stepA, stepA), operand(b + stepB, stepB), relation);
    const m2 = holds(operand(a + 2 * stepA, stepA), operand(b + 2 * stepB, stepB), relation);
    const m3 = holds(operand(a + 3 * stepA, stepA), operand(b + 3 * stepB, stepB), relation);
    const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(m0, m1), i16x8.narrow_i32x4_s(m2, m3));
    v128.store(y + i, v128.and(bytes, i8x16.splat(1)));
    a += 4 * stepA;
    b += 4 * stepB;
  }
  for (; i < count; i += 4) {
    const rest = min(count - i, 4);
    const left = rest == 4 ? operand(a, stepA) : lastOperand(a, stepA, rest);
    const right = rest == 4 ? operand(b, stepB) : lastOperand(b, stepB, rest);
    const mask = i32x4.bitmask(holds(left, right, relation));
    for (let lane = 0; lane < rest; lane++) store<u8>(y + i + lane, (mask >> lane) & 1);
    a += stepA;
    b += stepB;
  }
}

/** y = condition ? t : e for conditions of one byte an element. */
export function select(condition: usize, t: usize, e: usize, y: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const wide = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(condition + i)));
    const at = (<usize>i) << 2;
    v128.store(y + at, v128.bitselect(v128.load(t + at), v128.load(e + at), i32x4.ne(wide, i32x4.splat(0))));
  }
  for (; i < count; i++) {
    const at = (<usize>i) << 2;
    store<f32>(y + at, load<u8>(condition + i) ? load<f32>(t + at) : load<f32>(e + at));
  }
}
