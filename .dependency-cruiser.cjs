/**
 * The layers of docs/architecture.md, from the top down: each folder may import from itself and from what is listed.
 * Folders of one row never import each other.
 */
const foundations = ['config', 'core'];
const storage = ['database', 'redis', ...foundations];
const engine = ['sections', 'cache', 'protection', 'loaders', ...storage];
const reach = {
  core: [],
  config: ['core'],
  redis: foundations,
  database: foundations,
  cache: ['redis', ...foundations],
  protection: ['database', ...foundations],
  sections: ['database', ...foundations],
  loaders: ['database', ...foundations],
  page: engine,
  graphql: ['page', ...engine],
  http: ['graphql', 'page', ...engine],
  background: ['page', ...engine],
  observability: ['page', ...engine],
  demo: ['embedded-mongodb', 'database', ...foundations],
  commands: ['demo', 'embedded-mongodb', 'http', 'graphql', 'page', ...engine],
  'embedded-mongodb': [],
  workers: ['core'],
  client: [],
  web: ['client'],
};

const layers = Object.entries(reach).map(([folder, below]) => ({
  name: `${folder}-reaches-down-only`,
  comment: `src/${folder} may import from ${below.map((name) => `src/${name}`).join(', ') || 'nothing of ours'} only`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: [folder, ...below].map((name) => `^src/${name}/`) },
}));

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'every-folder-is-drawn',
      comment: 'A new folder of src/ gets its place among the layers, here and in docs/architecture.md',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: Object.keys(reach).map((folder) => `^src/${folder}/`) },
      to: {},
    },
    { name: 'no-cycles', comment: 'Type imports included', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nothing-imports-the-top',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|serve|serve-by-workers|homepage-gateway)\\.ts$' },
      to: { path: '^src/(main|serve|serve-by-workers|app)\\.ts$' },
    },
    {
      name: 'only-traces-know-opentelemetry',
      comment: 'Everything else sees core/tracer.ts',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/observability/traces/' },
      to: { path: '@opentelemetry/' },
    },
    {
      name: 'only-wiring-knows-the-demo',
      comment: 'What serves does not know which database it talks to',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(demo|commands|embedded-mongodb)/|^src/(app|serve)\\.ts$' },
      to: { path: '^src/(demo|embedded-mongodb)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
