import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Order, Plan, Report, Sample } from './plan.js';

/** A separate process that sends requests, so that the drill's own work does not distort its measurements. */
export interface Load {
  /** Carries out a plan. Resolves with a sample of every request. */
  run(plan: Plan): Promise<Sample[]>;
  /** Starts a plan, one at a time; `samples` grows as answers arrive. */
  start(plan: Plan): RunningPlan;
  /** Ends the running plan, if there is one. */
  stop(): void;
  close(): Promise<void>;
}

export interface RunningPlan {
  samples: readonly Sample[];
  ended: Promise<Sample[]>;
  /** Sends no more requests, and waits for those in flight. */
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
