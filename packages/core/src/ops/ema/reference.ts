import type { Array64 } from '../array64.js';

/** Float64 loop: `teacher + (1 - momentum) (online - teacher)`. */
export function emaReference(teacher: Array64, online: Array64, momentum: number): Array64 {
  const data = teacher.data.map((value, i) => value + (1 - momentum) * (online.data[i] - value));
  return { shape: teacher.shape, data };
}
