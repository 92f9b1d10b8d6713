import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Order, Plan, Report, Sample } from './plan.js';

/** A process of its own that sends requests, so that a drill's measurements are not of the drill itself. */
export interface Load {
  /** Carries out a plan; how every request went. */
  run(plan: Plan): Promise<Sample[]>;
  /** Begins one; what has been answered so far grows meanwhile. One plan at a time. */
  start(plan: Plan): RunningPlan;
  /** Gives up a plan that runs, if one does. */
  stop(): void;
  close(): Promise<void>;
}

export interface RunningPlan {
  samples: readonly Sample[];
  ended: Promise<Sample[]>;
  /** Sends nothing more, and waits for what is under way. */
  stop(): Promise<Sample[]>;
}

export function createLoad(): Load {
  const child = fork(fileURLToPath(new URL('load-process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    stdio: 'inherit',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  });
  const exited = once(child, 'exit');
  const order = (given: Order) => void child.send(given);

  const stop = () => order('stop');
  let plans = 0;
  const start = (plan: Plan): RunningPlan => {
    plans += 1;
    const id = plans;
    const samples: Sample[] = [];
    const ended = new Promise<Sample[]>((resolve, reject) => {
      const hear = (report: Report) => {
        if (report.id !== id) return;
        samples.push(...report.samples);
        if (!report.done) return;
        child.off('message', hear);
        resolve(samples);
      };
      child.on('message', hear);
      exited.then(() => reject(new Error('the load process has ended')));
    });
    order({ plan, id });
    return {
      samples,
      ended,
      stop: () => {
        stop();
        return ended;
      },
    };
  };

  return {
    start,
    stop,
    run: (plan) => start(plan).ended,
    close: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
