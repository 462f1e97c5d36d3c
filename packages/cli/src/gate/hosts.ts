import { browserThroughputRule, throughputRule, type ThroughputRule } from '@jembench/harness';
import type { HostName } from '../jobs/job.js';
import { browserSides, type BrowserSideSetting } from './browser-side.js';
import { startNodeSide } from './node-side.js';
import type { StartSide } from './protocol.js';

/** Where kernels are compared, and how small a change can be told there. */
export interface GateHost {
  readonly name: HostName;
  readonly start: StartSide;
  readonly rule: ThroughputRule;
  /** The slowdown that a gate must find there, as a share of a step: twice what is allowed. */
  readonly injected: number;
}

/** A benchmark by the name of its line: those of a page say so. */
export const labelOf = (host: HostName, benchmark: string): string =>
  host === 'node' ? benchmark : `${host} ${benchmark}`;

/** The same the other way round. */
export const benchmarkOf = (label: string): string => label.replace(/^browser /, '');

export const nodeGate: GateHost = { name: 'node', start: startNodeSide, rule: throughputRule, injected: 0.1 };

/**
 * Only the wall's clock times a page, and browsers are noisier than Node: a smaller change is not told.
 *
 * @param folder where the pages' files go.
 */
export const browserGate = (setting: BrowserSideSetting, folder: string): GateHost => ({
  ...{ name: 'browser', start: browserSides(setting, folder) },
  ...{ rule: browserThroughputRule, injected: 0.2 },
});
