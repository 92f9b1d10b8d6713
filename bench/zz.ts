import { createProps } from './drills/props.js';
for (let round = 0; round < 8; round++) {
  const props = createProps();
  const { gateways, database } = await props.cluster();
  await gateways[0]!.invalidate('hard');
  const marks = gateways.map((g) => g.mark());
  await database.slow(['aggregate'], 0);
  const at = Date.now();
  await props.load.run({ asks: gateways.map(({ origin }) => ({ origin, path: '/api/v1/homepage' })), pace: { connections: 200, count: 200 } });
  const n = await database.heal();
  console.log(n);
  if (n > 6) {
    const all: [number, string][] = [];
    for (const [i, g] of gateways.entries()) for (const line of g.process.output().split('\n').slice(marks[i])) { try { const l = JSON.parse(line); if (!/Request|incoming|cache hit|cache miss/.test(l.message)) all.push([Date.parse(l.timestamp) - at, `${i} ${l.message} ${JSON.stringify({ ...l, level: undefined, timestamp: undefined, message: undefined })}`]); } catch {} }
    all.sort((a, b) => a[0] - b[0]);
    for (const [t, s] of all) console.log(t, s.slice(0, 200));
    await props.close();
    break;
  }
  await props.close();
}
