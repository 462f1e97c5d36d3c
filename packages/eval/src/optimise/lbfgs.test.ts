import { describe, expect, it } from 'vitest';
import { lbfgs, type Objective } from './lbfgs.js';

/** `sum c_i (x_i - i)^2 / 2`: the minimum is at 0, 1, 2, ... */
const quadratic =
  (curvatures: readonly number[]): Objective =>
  (x, gradient) =>
    curvatures.reduce((sum, c, i) => {
      gradient[i] = c * (x[i] - i);
      return sum + (c * (x[i] - i) ** 2) / 2;
    }, 0);

const rosenbrock: Objective = ([x, y], gradient) => {
  gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
  gradient[1] = 200 * (y - x * x);
  return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
};

describe('lbfgs', () => {
  it('finds the bottom of a quadratic in as many steps as it has curvatures, nearly', () => {
    const { x, converged, iterations, gradientNorm } = lbfgs(quadratic([1, 10, 100]), new Float64Array(3), {
      gradientTolerance: 1e-10,
    });
    expect(converged).toBe(true);
    expect(gradientNorm).toBeLessThanOrEqual(1e-10);
    expect(iterations).toBeLessThan(20);
    x.forEach((xi, i) => {
      expect(xi).toBeCloseTo(i, 9);
    });
  });

  it('follows the curved valley of Rosenbrock to (1, 1)', () => {
    const { x, value, converged, iterations } = lbfgs(rosenbrock, Float64Array.of(-1.2, 1), {
      gradientTolerance: 1e-9,
    });
    expect(converged).toBe(true);
    expect(iterations).toBeLessThan(60);
    expect(x[0]).toBeCloseTo(1, 9);
    expect(x[1]).toBeCloseTo(1, 9);
    expect(value).toBeLessThan(1e-18);
  });

  it('needs one or two steps with the exact inverse Hessian as preconditioner', () => {
    const curvatures = Array.from({ length: 40 }, (_, i) => 10 ** (i / 8));
    const plain = lbfgs(quadratic(curvatures), new Float64Array(40), { gradientTolerance: 1e-8 });
    const helped = lbfgs(quadratic(curvatures), new Float64Array(40), {
      gradientTolerance: 1e-8,
      precondition: (v) => {
        curvatures.forEach((c, i) => (v[i] /= c));
      },
    });
    expect(helped.converged).toBe(true);
    expect(helped.iterations).toBeLessThanOrEqual(2);
    expect(plain.iterations).toBeGreaterThan(20);
  });

  it('gives the same bits twice and leaves its start alone', () => {
    const start = Float64Array.of(-1.2, 1);
    expect(lbfgs(rosenbrock, start)).toEqual(lbfgs(rosenbrock, start));
    expect([...start]).toEqual([-1.2, 1]);
  });

  it('says that it has not converged when it runs out of iterations', () => {
    const { converged, iterations } = lbfgs(rosenbrock, Float64Array.of(-1.2, 1), { maxIterations: 3 });
    expect(converged).toBe(false);
    expect(iterations).toBe(3);
  });

  it('stays where the gradient is zero', () => {
    expect(lbfgs(quadratic([1, 1]), Float64Array.of(0, 1))).toMatchObject({
      iterations: 0,
      evaluations: 1,
      converged: true,
    });
  });

  it('steps back from where the function is not a number', () => {
    // sqrt of a negative number beyond x = 2; the minimum of x - 2 sqrt(2 - x) + ... is inside.
    const edge: Objective = ([x], gradient) => {
      gradient[0] = -1 + 0.01 / (2 - x);
      return -x - 0.01 * Math.log(2 - x);
    };
    const { x, converged } = lbfgs(edge, Float64Array.of(0), { gradientTolerance: 1e-8 });
    expect(converged).toBe(true);
    expect(x[0]).toBeCloseTo(1.99, 8);
  });

  it('refuses a start that is not finite', () => {
    expect(() => lbfgs(quadratic([1]), Float64Array.of(NaN))).toThrow('lbfgs: start, got a value of NaN');
    expect(() => lbfgs(quadratic([1]), Float64Array.of(0), { gradientTolerance: 0 })).toThrow('gradientTolerance 0');
  });
});
