import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { createAuthenticator } from '../../src/http/auth/authenticator.js';
import { createFakeClock } from '../support/fake-clock.js';
import { type RunningProcess, startProcess } from '../support/servers/running-process.js';

const running: RunningProcess[] = [];
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});

function start(script: string, args: string[] = [], env: Record<string, string> = {}): RunningProcess {
  const started = startProcess('node', [`dist/${script}.js`, ...args], env);
  running.push(started);
  return started;
}

const anyPort = { PORT: '0' };
const restUrl = /(http:\/\/localhost:\d+)\/api\/v1\/homepage/;

describe('npm start', () => {
  let gateway: RunningProcess;
  let origin: string;
  beforeAll(async () => {
    gateway = startProcess('node', ['dist/main.js'], anyPort);
    [, origin = ''] = await gateway.printed(restUrl);
  });
  afterAll(() => void gateway.child.kill('SIGKILL'));

  it('serves demo data without MONGODB_URI, says so, and prints a user to try', async () => {
    const [, token = ''] = await gateway.printed(/Demo user [0-9a-f]{24}, token (\S+)\n/);
    const [, userId = ''] = /Demo user ([0-9a-f]{24})/.exec(gateway.output()) ?? [];
    expect(gateway.output()).toContain('MONGODB_URI is not set: serving demo data from an embedded database');
    await expect.poll(async () => (await fetch(`${origin}/readyz`)).status).toBe(200);
    const page = await fetch(`${origin}/api/v1/homepage?userId=${userId}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await page.json()).toMatchObject({ success: true, data: { metadata: { userId, partialFailure: false } } });
    expect((await fetch(`${origin}/api/v1/homepage?userId=${userId}`)).status).toBe(401);
    const { data } = (await (await fetch(`${origin}/api/v1/homepage?sections=offers&limit=1`)).json()) as {
      data: { sections: { offers: { items: [{ image: string }] } } };
    };
    const image = await fetch(`${origin}${data.sections.offers.items[0].image}`);
    expect(image.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
    expect(await image.text()).toMatch(/^<svg/);
    expect((await fetch(`${origin}/images/nothing.svg`)).status).toBe(404);
  });

  it('reports every fault of its configuration and ends with 1', async () => {
    const gateway = start('main', [], { PORT: 'abc', LOG_LEVEL: 'loud' });
    expect(await gateway.ended).toBe(1);
    expect(gateway.output()).toBe(
      'Bad configuration:\n  PORT: expected a port from 0 to 65535, got "abc"\n  LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, silent, got "loud"\n',
    );
  });

  it('says that its port is taken, and ends with 1', async () => {
    const { port } = new URL(origin);
    const second = start('main', [], { PORT: port });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`PORT: expected a free port, but ${port} is taken on 127.0.0.1`);
  });

  it('describes its variables', async () => {
    const help = start('main', ['--help']);
    expect(await help.ended).toBe(0);
    expect(help.output()).toContain('QUERY_TIMEOUT');
  });

  /** On a connection of its own: one that is kept open is answered after the port is free, too. */
  const connect = (url: string) => fetch(url, { headers: { connection: 'close' } });

  /** Ends a gateway while a page is under way, and probes it until it is told `wanted`, or refused. */
  const probeAfterEnding = async (
    signal: 'SIGTERM' | 'SIGINT',
    ending: RunningProcess,
    wanted: number | 'refused',
  ): Promise<number | 'refused'> => {
    const [, at = ''] = await ending.printed(restUrl);
    await ending.printed(/Demo user/);
    const page = connect(`${at}/api/v1/homepage`);
    await connect(`${at}/healthz`);
    ending.child.kill(signal);
    expect((await page).status).toBe(200);
    const probe = (): Promise<number | 'refused'> =>
      connect(`${at}/readyz`).then(
        ({ status }) => (status === wanted ? status : probe()),
        () => 'refused',
      );
    const told = await probe();
    expect(await ending.ended).toBe(0);
    return told;
  };

  it('ends with 0 on SIGINT, answers what is under way, and frees the port at once', async () => {
    // Connections that arrive while the page is under way are served.
    const ending = start('main', [], { ...anyPort, DRAIN_MS: '60000' });
    expect(await probeAfterEnding('SIGINT', ending, 'refused')).toBe('refused');
  });

  it('ends with 0 on SIGTERM, and goes on listening to say 503 to probes', async () => {
    expect(await probeAfterEnding('SIGTERM', gateway, 503)).toBe(503);
  });
});

describe('commands that run dist', () => {
  it('show sources in stack traces', async () => {
    const scripts = Object.entries(packageJson.scripts).filter(([, script]) => script.startsWith('exec node '));
    expect(scripts.map(([name]) => name)).toEqual(['start', 'database', 'seed', 'token', 'doctor', 'purger']);
    for (const [, script] of scripts) expect(script).toMatch(/^exec node --enable-source-maps dist\//);
    const throwing = "import('./dist/core/clock.js').then(({ systemClock }) => systemClock.after(0, 'no function'))";
    const thrown = startProcess('node', ['--enable-source-maps', '--eval', throwing]);
    running.push(thrown);
    expect(await thrown.ended).toBe(1);
    expect(thrown.output()).toMatch(/src\/core\/clock\.ts:\d+:\d+/);
  });
});

describe('kill -USR2', () => {
  it('turns the log up to DEBUG, and back', async () => {
    const gateway = start('main', [], anyPort);
    const [, origin = ''] = await gateway.printed(restUrl);
    gateway.child.kill('SIGUSR2');
    await gateway.printed(/"level":"debug","message":"log level"/);
    await fetch(`${origin}/healthz`);
    await gateway.printed(/"path":"\/healthz"/);
    gateway.child.kill('SIGUSR2');
    await gateway.printed(/"level":"info","message":"log level"/);
  });
});

describe('homepage-gateway', () => {
  it.each([
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
    [['--help'], 0, /serve .*\n.*doctor /],
    [['token', '--help'], 0, /Usage: npm run token/],
    [['serve', '--help'], 0, /Configured by environment variables/],
    [['nothing'], 2, /Unknown command nothing/],
    [[], 2, /No command/],
  ])('%j ends with %i', async (args, code, output) => {
    const command = start('homepage-gateway', args);
    expect(await command.ended).toBe(code);
    expect(command.output()).toMatch(output);
  });
});

describe('npm run database and npm run seed', () => {
  it('serve a database that gateways share, and fill another', async () => {
    const database = start('commands/database', ['--port', '0', '--products', '30', '--seed', '7']);
    const [, uri = ''] = await database.printed(/MONGODB_URI=(\S+)/);
    const gateways = [1, 2].map(() => start('main', [], { ...anyPort, MONGODB_URI: uri }));
    const pages = await Promise.all(
      gateways.map(async (gateway) => {
        const [, origin = ''] = await gateway.printed(restUrl);
        await expect.poll(async () => (await fetch(`${origin}/readyz`)).status).toBe(200);
        const page = (await (await fetch(`${origin}/api/v1/homepage`)).json()) as {
          data: { sections: Record<string, { items: unknown }> };
        };
        expect(gateway.output()).not.toContain('Demo user');
        return Object.values(page.data.sections).map(({ items }) => items);
      }),
    );
    expect(pages[0]).toEqual(pages[1]);

    const other = uri.replace('/shop', '/another');
    const seed = start('commands/seed', ['--products', '1500'], { MONGODB_URI: other });
    expect(await seed.ended).toBe(0);
    expect(seed.output()).toMatch(/products: 1500/);
    const again = start('commands/seed', [], { MONGODB_URI: other });
    expect(await again.ended).toBe(1);
    expect(again.output()).toContain('another.products is not empty');
    database.child.kill('SIGTERM');
    expect(await database.ended).toBe(0);
  });

  it('refuse bad options with what is allowed, and explain themselves', async () => {
    const bad = start('commands/database', ['--port', '70000', '--products', 'many']);
    expect(await bad.ended).toBe(2);
    expect(bad.output()).toContain('--port: expected a number from 0 to 65535, got "70000"');
    expect(bad.output()).toContain('--products: expected a number from 1 to 10000000, got "many"');
    const unknown = start('commands/seed', ['--prodcts', '1']);
    expect(await unknown.ended).toBe(2);
    expect(unknown.output()).toContain('--prodcts');
    const help = start('commands/seed', ['--help']);
    expect(await help.ended).toBe(0);
    expect(help.output()).toContain('--products');
    const homeless = start('commands/seed');
    expect(await homeless.ended).toBe(1);
    expect(homeless.output()).toContain('MONGODB_URI');
  });
});

describe('npm run token', () => {
  const user = '507f1f77bcf86cd799439011';
  const JWT_SECRET = 'a secret of the tests, of 32 bytes or more';

  it('prints a token that the gateway takes', async () => {
    const env = { JWT_SECRET, JWT_ISSUER: 'shop', JWT_AUDIENCE: 'homepage' };
    const command = start('commands/token', ['--user', user.toUpperCase(), '--hours', '2'], env);
    expect(await command.ended).toBe(0);
    const clock = createFakeClock({ startAt: Date.now() });
    const takes = createAuthenticator({ secret: JWT_SECRET, issuer: 'shop', audience: 'homepage', clock });
    const header = `Bearer ${command.output().trim()}`;
    expect(await takes.viewer(header)).toEqual({ userId: user });
    await clock.advance(2 * 3_600_000 + 62_000);
    await expect(takes.viewer(header)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each([
    [
      'in production',
      { JWT_SECRET, NODE_ENV: 'production', MONGODB_URI: 'mongodb://h/x' },
      [],
      1,
      'NODE_ENV: expected development',
    ],
    ['without a secret', {}, [], 1, 'JWT_SECRET: expected'],
    ['for what is no user', { JWT_SECRET }, ['--user', 'me'], 2, '24 hexadecimal digits, got "me"'],
    ['for no time', { JWT_SECRET }, ['--hours', '0'], 2, '--hours: expected a number from 1 to 8760, got "0"'],
  ])('refuses %s', async (_, env: Record<string, string>, more, code, message) => {
    const command = start('commands/token', ['--user', user, ...more], env);
    expect(await command.ended).toBe(code);
    expect(command.output()).toContain(message);
    expect(command.output()).not.toContain('eyJ');
  });
});
