import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Ask, StartSide } from './protocol.js';
import { RemoteSide, SideGone, type Channel } from './side.js';

const entry = fileURLToPath(new URL('./side-main.js', import.meta.url));

/** A side in a fresh process of Node. */
export const startNodeSide: StartSide = (root, setting) => RemoteSide.load(channelTo(startedProcess()), root, setting);

/** Structured clones, because JSON would make null of a NaN. */
const startedProcess = (): ChildProcess =>
  fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });

function channelTo(child: ChildProcess): Channel {
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.once('error', () => {
      resolve();
    });
  });
  return {
    ask: (ask) => answered(child, ask),
    end: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
}

function answered(child: ChildProcess, ask: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      child.off('error', onError);
    };
    const onMessage = (answer: Answer): void => {
      settle();
      resolve(answer);
    };
    const onExit = (code: number | null, signal: string | null): void => {
      settle();
      reject(new SideGone(`process ended with ${signal ?? `exit code ${String(code)}`}`));
    };
    const onError = (error: Error): void => {
      settle();
      reject(new SideGone(`process: got ${error.message}, wanted one that answers`));
    };
    if (!child.connected) {
      onExit(child.exitCode, child.signalCode);
      return;
    }
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.on('error', onError);
    child.send(ask);
  });
}
