import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headOf, storeIdOf } from '../../../src/cache/entry-format.js';
import type { InvalidationMode } from '../../../src/cache/invalidation-log.js';
import type { InvalidateRequest, SharedListener, SharedStore } from '../../../src/cache/shared/shared-store.js';
import { until } from '../../support/until.js';

/** What every shared store must do, whatever it is made of. */
export function describeSharedStore(
  name: string,
  setUp: () => Promise<{
    connect: () => SharedStore;
    wait: (ms: number) => Promise<void>;
    tearDown: () => Promise<void>;
  }>,
): void {
  describe(`shared store contract: ${name}`, () => {
    let context: Awaited<ReturnType<typeof setUp>>;
    let store: SharedStore;
    const heard: string[] = [];
    let keys = 0;
    const newId = () => storeIdOf(`key ${keys++}`);
    const listener: SharedListener = {
      invalidated: (tags, mode, { incarnation, count }, origin) => {
        for (const tag of tags) heard.push(`${mode} ${tag} ${incarnation} ${count} ${origin}`);
      },
      ready: (id) => heard.push(`ready ${id}`),
      linked: () => heard.push('linked'),
      unlinked: () => heard.push('unlinked'),
    };
    const readOne = async (id: string, tags: string[] = []) => {
      const reading = await store.read({ entries: [{ id, head: '' }], tags, since: 0, known: 0 });
      const [bytes] = reading.entries;
      return { ...reading, bytes: bytes === 'unchanged' ? undefined : bytes };
    };
    const marksOf = async (tag: string) =>
      (await store.read({ entries: [], tags: [tag], since: 0, known: 0 })).marks[0];
    const invalidate = (tags: string[], mode: InvalidationMode, more: Partial<InvalidateRequest> = {}) =>
      store.invalidate({ tags, mode, origin: 'me', known: 0, ...more });
    const commitOne = async (id: string, bytes: Buffer, ttlMs = 60_000) => {
      const { bytes: present } = await readOne(id);
      const lease = `lease of ${id}`;
      expect(await store.acquire({ id, lease, ttlMs: 5000, head: headOf(present) })).toBe('won');
      return store.commit({ id, lease, bytes, ttlMs });
    };

    beforeAll(async () => {
      context = await setUp();
      store = context.connect();
      store.open(listener);
      await until(() => heard.includes('linked'));
    });
    afterAll(async () => {
      await store.close();
      await context.tearDown();
    });

    it('gives back bytes unchanged, in the order asked for, and nothing for what it has not', async () => {
      const [one, two, none] = [newId(), newId(), newId()];
      const bytes = Buffer.from([0, 255, 10, 13, 128, 34]);
      await commitOne(one, bytes);
      await commitOne(two, Buffer.from('two'));
      const { entries, marks, foreign } = await store.read({
        entries: [two, none, one].map((id) => ({ id, head: '' })),
        ...{ tags: ['never met'], since: 0, known: 0 },
      });
      expect(entries).toEqual([Buffer.from('two'), undefined, bytes]);
      expect(marks).toEqual([{ soft: 0, hard: 0 }]);
      expect(foreign).toEqual([]);
    });

    it('sends no entry to a caller whose copy begins as it does', async () => {
      const [one, other, none] = [newId(), newId(), newId()];
      const bytes = Buffer.from(`hg2 ${'a'.repeat(20)}\n{}\nvalue`);
      await commitOne(one, bytes);
      await commitOne(other, Buffer.from('other'));
      const entries = [one, other, none].map((id) => ({ id, head: headOf(bytes) }));
      const reading = await store.read({ entries, tags: [], since: 0, known: 0 });
      expect(reading.entries).toEqual(['unchanged', Buffer.from('other'), undefined]);
    });

    it('tells every mark after the count that the caller names', async () => {
      const { moment: first } = await invalidate(['one of two'], 'hard');
      const { moment: last } = await invalidate(['other of two'], 'soft');
      const marksSince = async (since: number) =>
        (await store.read({ entries: [], tags: ['one of two', 'other of two'], since, known: 0 })).marks;
      expect(await marksSince(first.count - 1)).toEqual([
        { soft: 0, hard: first.count },
        { soft: last.count, hard: 0 },
      ]);
      expect((await marksSince(first.count))[1]).toEqual({ soft: last.count, hard: 0 });
      expect(await marksSince(last.count)).toEqual([
        { soft: 0, hard: 0 },
        { soft: 0, hard: 0 },
      ]);
    });

    it('keeps a value of a megabyte', async () => {
      const id = newId();
      const bytes = Buffer.alloc(1_048_576, 'x€');
      await commitOne(id, bytes);
      expect((await readOne(id)).bytes?.equals(bytes)).toBe(true);
    });

    it('forgets an entry when its time is over', async () => {
      const id = newId();
      await commitOne(id, Buffer.from('brief'), 20);
      await context.wait(30);
      expect((await readOne(id)).bytes).toBeUndefined();
    });

    it('gives a lease to one, and to the next when it is released or has run out', async () => {
      const id = newId();
      const ask = (lease: string, ttlMs = 5000) => store.acquire({ id, lease, ttlMs, head: '' });
      expect(await ask('a')).toBe('won');
      expect(await ask('b')).toBe('held');
      await store.release({ id, lease: 'b' });
      expect(await ask('b'), 'only its holder releases a lease').toBe('held');
      await store.release({ id, lease: 'a' });
      expect(await ask('b', 20)).toBe('won');
      await context.wait(30);
      expect(await ask('c')).toBe('won');
    });

    it('renews a lease for its holder alone', async () => {
      const id = newId();
      await store.acquire({ id, lease: 'a', ttlMs: 5000, head: '' });
      expect(await store.renew({ id, lease: 'b', ttlMs: 5000 })).toBe(false);
      expect(await store.renew({ id, lease: 'a', ttlMs: 5000 })).toBe(true);
      expect(await store.renew({ id: newId(), lease: 'a', ttlMs: 5000 })).toBe(false);
    });

    it('refuses a lease to whoever has read an older entry', async () => {
      const id = newId();
      const first = Buffer.from(`hg2 ${'1'.repeat(20)}\nfirst`);
      await commitOne(id, first);
      expect(await store.acquire({ id, lease: 'late', ttlMs: 5000, head: '' })).toBe('changed');
      expect(await store.acquire({ id, lease: 'on time', ttlMs: 5000, head: headOf(first) })).toBe('won');
    });

    it('stores nothing for one whose lease is another one’s', async () => {
      const id = newId();
      await store.acquire({ id, lease: 'winner', ttlMs: 5000, head: '' });
      expect(await store.commit({ id, lease: 'loser', bytes: Buffer.from('late'), ttlMs: 1000 })).toBe(false);
      expect((await readOne(id)).bytes).toBeUndefined();
    });

    it('says when a lease has ended, by a commit and by a release', async () => {
      const [one, two] = [newId(), newId()];
      await commitOne(one, Buffer.from('x'));
      await store.acquire({ id: two, lease: 'a', ttlMs: 5000, head: '' });
      await store.release({ id: two, lease: 'a' });
      await until(() => heard.includes(`ready ${one}`) && heard.includes(`ready ${two}`));
    });

    it('marks a tag with the count of its last invalidation, softly and hard apart', async () => {
      const before = (await readOne(newId())).moment;
      const soft = await invalidate(['marked'], 'soft');
      const hard = await invalidate(['marked', 'marked too'], 'hard');
      expect(soft).toMatchObject({ marked: true, moment: { incarnation: before.incarnation } });
      expect(soft.moment.count).toBeGreaterThan(before.count);
      expect(hard.moment.count).toBeGreaterThan(soft.moment.count);
      expect(await marksOf('marked')).toEqual({ soft: soft.moment.count, hard: hard.moment.count });
      expect(await marksOf('marked too')).toEqual({ soft: 0, hard: hard.moment.count });
      expect((await readOne(newId())).moment).toEqual(hard.moment);
    });

    it('leaves the mark of a repeated invalidation where it was, and moves nothing', async () => {
      const first = await invalidate(['repeated'], 'hard');
      const other = await invalidate(['another'], 'hard');
      const again = await invalidate(['repeated'], 'hard', { repeats: first.moment.count });
      expect(again).toEqual(first);
      expect((await marksOf('repeated'))?.hard).toBe(first.moment.count);
      expect((await readOne(newId())).moment).toEqual(other.moment);
      const late = await invalidate(['another'], 'hard', { repeats: first.moment.count });
      expect(late.moment.count, 'a mark never goes back').toBe(first.moment.count);
      expect((await marksOf('another'))?.hard).toBe(other.moment.count);
    });

    it('goes on behind what a process knows, if that is later than its own clock', async () => {
      const { moment } = await readOne(newId());
      const known = moment.count + 60_000_000;
      const { moment: pushed } = await store.read({ entries: [], tags: [], since: 0, known });
      expect(pushed).toEqual({ ...moment, count: known });
      expect((await invalidate(['pushed'], 'soft')).moment.count).toBeGreaterThan(known);
    });

    it('tells all processes of an invalidation, with the count that it has left', async () => {
      const { moment } = await invalidate(['{odd}:tag €', 'b'], 'hard');
      const message = (tag: string) => `hard ${tag} ${moment.incarnation} ${moment.count} me`;
      await until(() => heard.includes(message('{odd}:tag €')) && heard.includes(message('b')));
    });

    it('answers a ping, by when what was said before it is delivered, or on its way between the nodes of a cluster', async () => {
      const { moment } = await invalidate(['before the ping'], 'soft');
      await store.ping();
      await until(() => heard.includes(`soft before the ping ${moment.incarnation} ${moment.count} me`), 100);
    });

    it('never moves its clock back', async () => {
      const counts: number[] = [];
      for (let i = 0; i < 20; i++) counts.push((await invalidate([`t${i % 3}`], 'soft')).moment.count);
      expect(counts).toEqual([...new Set(counts)].toSorted((a, b) => a - b));
    });
  });
}
