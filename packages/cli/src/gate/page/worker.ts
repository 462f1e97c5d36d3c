/**
 * The entry of the worker in a gate's page: this file and the harness are the head's; the two packages that it measures are those of the
 * folder that the page was bundled for (`bundle.mjs`).
 */
import * as kernels from '@jembench/bench-kernels';
import * as core from '@jembench/core';
import {
  pageClock,
  pageEnvironment,
  pageLoadOptions,
  type Surroundings,
} from '../../hosts/browser/page/environment.js';
import { answering } from '../answer.js';
import type { SideCode } from '../loaded-side.js';
import type { Answer, Ask } from '../protocol.js';

/** From the driver: an ask, and what the page cannot know of itself. */
export interface ToSide {
  readonly ask: Ask;
  readonly surroundings: Surroundings;
}

/** The parts of a worker's scope that are used here: the house type-checks without the DOM's library. */
interface Scope {
  postMessage(message: Answer): void;
  onmessage: ((event: { data: ToSide }) => void) | null;
}

const scope = globalThis as unknown as Scope;
let surroundings: Surroundings;

const code = (): SideCode => ({
  ...{ core, kernels, training: null, environment: pageEnvironment(surroundings) },
  ...{ loadOptions: pageLoadOptions(), wall: pageClock, processor: null },
});
const answer = answering(() => Promise.resolve().then(code));

scope.onmessage = ({ data }) => {
  surroundings = data.surroundings;
  void answer(data.ask).then((message) => {
    scope.postMessage(message);
  });
};
