import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError, sha256Hex, type tf } from '@jembench/core';
import { encoderFile, type EncoderSource } from '@jembench/trainers';
import writeFileAtomic from 'write-file-atomic';
import { makeFolder } from './make-folder.js';

interface ModelJson {
  readonly modelTopology?: object;
  readonly weightsManifest?: readonly {
    readonly paths: readonly string[];
    readonly weights: tf.io.WeightsManifestEntry[];
  }[];
}

/** Reads a model in tfjs's layers format from disk, as often as it is asked to; `hash` is that of its files. */
export function fileHandler(path: string): tf.io.IOHandler & { readonly hash: string } {
  const json = readFileSync(path);
  let model: ModelJson;
  try {
    model = JSON.parse(json.toString('utf8')) as ModelJson;
  } catch {
    throw new InputError(
      `${path}: model, got text that is not JSON, wanted the model.json that LayersModel.save() writes`,
    );
  }
  const { modelTopology, weightsManifest } = model;
  if (modelTopology === undefined || weightsManifest === undefined) {
    throw new InputError(
      `${path}: model, got no modelTopology or no weightsManifest, wanted the model.json that LayersModel.save() writes`,
    );
  }
  const shards = weightsManifest.flatMap((group) => group.paths).map((name) => readFileSync(join(dirname(path), name)));
  const weights = Buffer.concat(shards);
  return {
    hash: sha256Hex(json, weights),
    load: () =>
      Promise.resolve({
        modelTopology,
        weightSpecs: weightsManifest.flatMap((group) => group.weights),
        weightData: Uint8Array.from(weights).buffer,
      }),
  };
}

const weightsFile = 'weights.bin';

/** Writes a model as `model.json` and `weights.bin`, which any tfjs page loads with `tf.loadLayersModel`. */
export async function writeModel(folder: string, artifacts: tf.io.ModelArtifacts): Promise<void> {
  const { modelTopology, weightSpecs = [], weightData, format, generatedBy, convertedBy } = artifacts;
  const parts = weightData === undefined ? [] : Array.isArray(weightData) ? weightData : [weightData];
  makeFolder(folder);
  await writeFileAtomic(join(folder, weightsFile), Buffer.concat(parts.map((part) => Buffer.from(part))));
  const json = {
    modelTopology,
    format,
    generatedBy,
    convertedBy,
    weightsManifest: [{ paths: [weightsFile], weights: weightSpecs }],
  };
  await writeFileAtomic(join(folder, 'model.json'), `${JSON.stringify(json)}\n`);
}

/** A name of the table, or a model.json with the hash of its content in the name: another file is another run. */
export function encoderOf(name: string): string | EncoderSource {
  if (!name.endsWith('.json')) return name;
  const handler = fileHandler(name);
  return encoderFile(`${basename(name)}@${handler.hash.slice(0, 12)}`, handler);
}
