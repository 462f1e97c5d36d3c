/** A source of randomness, which the caller brings: a named stream of @jembench/core is one. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}
