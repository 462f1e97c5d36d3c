import { InputError, type Dataset } from '@jembench/core';
import type { EncoderSource } from '../encoders/encoder.js';
import { encoders } from '../encoders/index.js';
import type { Method, MethodValues } from '../methods/define.js';
import { methods } from '../methods/index.js';
import { optionValues, unknownName } from '../methods/options.js';

/** What a run is made of, beside the data set. */
export interface TrainConfig {
  /** A name of the table `methods`, or a method of your own with the name that results give it. */
  readonly method: string | { readonly name: string; readonly definition: Method };
  /** The method's options and the recipe's, by name; text is read as the option's kind. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** A name of the table `encoders`, or `encoderFile(...)`; the method's own by default. */
  readonly encoder?: string | EncoderSource;
  /** 0 or more; 1 by default. */
  readonly seed?: number;
  /** Passes over the training images; 10 by default. */
  readonly epochs?: number;
  /** Images a step; 128 by default. Images that do not fill a last batch wait for another epoch's order. */
  readonly batch?: number;
}

/** A checked configuration: `description` is plain JSON and determines the run, together with data set and backend. */
export interface Plan {
  readonly method: Method;
  readonly values: MethodValues;
  readonly encoder: EncoderSource;
  readonly seed: number;
  readonly epochs: number;
  readonly batch: number;
  readonly description: {
    readonly method: string;
    readonly options: Readonly<Record<string, number | boolean | string>>;
    readonly encoder: string;
    readonly seed: number;
    readonly epochs: number;
    readonly batch: number;
  };
}

/**
 * The configuration with its defaults, checked.
 *
 * @param recipe the data set's own defaults, for the options that the method has; those of the configuration go before them.
 * @throws InputError for an unknown method, encoder or option (with the nearest name) and for a value out of range.
 */
export function planned(config: TrainConfig, recipe: Dataset['recipe'] = {}): Plan {
  const { name, definition: method } =
    typeof config.method === 'string'
      ? { name: config.method, definition: byName('method', methods, config.method) }
      : config.method;
  const { encoder: chosen = method.encoder ?? 'convnet', seed = 1, epochs = 10, batch = 128 } = config;
  const encoder = typeof chosen === 'string' ? byName('encoder', encoders, chosen) : chosen;
  // Smaller views are for networks that take them; hidden patches lie on the grid of the whole image.
  const anySize = encoder.anySize && method.mask === undefined;
  const known = Object.fromEntries(
    Object.entries(recipe).filter(([key]) => Object.hasOwn(method.options, key) && (anySize || key !== 'viewSize')),
  );
  const values = optionValues(`method ${name}`, method.options, { ...known, ...config.options }) as MethodValues;
  atLeast('seed', seed, 0);
  atLeast('epochs', epochs, 0);
  atLeast('batch', batch, 2);
  return {
    method,
    values,
    encoder,
    seed,
    epochs,
    batch,
    description: { method: name, options: values, encoder: encoder.name, seed, epochs, batch },
  };
}

function byName<T>(what: string, table: Readonly<Record<string, T>>, name: string): T {
  if (!Object.hasOwn(table, name)) throw unknownName(`train: ${what}`, name, Object.keys(table));
  return table[name];
}

function atLeast(what: string, value: number, low: number): void {
  if (!Number.isSafeInteger(value) || value < low) {
    throw new InputError(`train: ${what}, got ${value}, wanted an integer of at least ${low}`);
  }
}
