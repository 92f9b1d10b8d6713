import { freePort } from '../../test/support/servers/redis-server.js';
import { startProcess } from '../../test/support/servers/running-process.js';
import { type Drill, exactly } from '../support/drill.js';
import { playing, until } from '../support/drill-processes.js';

/** A log that cannot be written: the disk is full, or the process that reads it has ended. */
export const logFull: Drill = {
  name: 'log-full',
  summary: 'the disk of the log is full, or its reader ends: the gateway starts, lives and serves',
  run: (_scale, processes) =>
    playing(processes, async ({ database }) => {
      const { uri: MONGODB_URI } = await database();
      const served = async ({ script, readerEnds }: { script: string; readerEnds: boolean }) => {
        const port = await freePort();
        const env = { MONGODB_URI, PORT: String(port), LOG_LEVEL: 'debug', RATE_LIMIT_MAX: '0' };
        const gateway = startProcess('sh', ['-c', script], env);
        const ask = (path: string) =>
          fetch(`http://127.0.0.1:${port}${path}`).then(
            ({ status }) => status,
            () => 0,
          );
        try {
          await until(async () => (await ask('/readyz')) === 200, 30_000);
          if (readerEnds) gateway.child.stdout?.destroy();
          const statuses: number[] = [];
          for (let count = 0; count < 20; count += 1) statuses.push(await ask('/api/v1/homepage'));
          gateway.child.kill('SIGINT');
          const code = await gateway.ended;
          return { served: statuses.filter((status) => status === 200).length, code: Number(code) };
        } finally {
          gateway.child.kill('SIGKILL');
        }
      };
      const full = await served({ script: 'exec node dist/main.js >/dev/full', readerEnds: false });
      const unread = await served({ script: 'exec node dist/main.js', readerEnds: true });
      return [
        exactly('pages served of 20 with a full disk', full.served, 20),
        exactly('exit code then', full.code, 0),
        exactly('pages served of 20 without a reader', unread.served, 20),
        exactly('exit code then', unread.code, 0),
      ];
    }),
};
