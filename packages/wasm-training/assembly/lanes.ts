/** Loads `count` (1 to 3) floats into the first lanes; the others are 0. */
export function loadPart(from: usize, count: i32): v128 {
  let value = v128.load32_zero(from);
  if (count > 1) value = f32x4.replace_lane(value, 1, load<f32>(from, 4));
  if (count > 2) value = f32x4.replace_lane(value, 2, load<f32>(from, 8));
  return value;
}

/** Stores the first `count` (1 to 3) lanes. */
export function storePart(to: usize, value: v128, count: i32): void {
  store<f32>(to, f32x4.extract_lane(value, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(value, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(value, 2), 8);
}

/** Loads `count` (1 to 4) floats into the first lanes; the others are 0. */
export function loadUpTo(from: usize, count: i32): v128 {
  return count == 4 ? v128.load(from) : loadPart(from, count);
}

/** Stores the first `count` (1 to 4) lanes. */
export function storeUpTo(to: usize, value: v128, count: i32): void {
  if (count == 4) v128.store(to, value);
  else storePart(to, value, count);
}

/** totals += sums, sums = 0: float32 sums of a run of rows go into float64 totals, a column each. */
export function flushSums(sums: usize, totals: usize, columns: i32): void {
  for (let c = 0; c < columns; c++) {
    const from = sums + ((<usize>c) << 2);
    const to = totals + ((<usize>c) << 3);
    store<f64>(to, load<f64>(to) + <f64>load<f32>(from));
    store<f32>(from, 0);
  }
}

/** The sum of the lanes, in float64. */
export function sumLanes(value: v128): f64 {
  return (
    <f64>f32x4.extract_lane(value, 0) +
    <f64>f32x4.extract_lane(value, 1) +
    (<f64>f32x4.extract_lane(value, 2) + <f64>f32x4.extract_lane(value, 3))
  );
}

/** Four floats of an operand that advances by `step` bytes: 16, or 0 where one value stands for all. */
export function operand(from: usize, step: i32): v128 {
  return step ? v128.load(from) : v128.load32_splat(from);
}

/** The last `count` (1 to 3) floats of such an operand. */
export function lastOperand(from: usize, step: i32, count: i32): v128 {
  return step ? loadPart(from, count) : v128.load32_splat(from);
}
