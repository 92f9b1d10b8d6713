/** The layers of architecture.md: each folder may import from itself and from what is listed. */
const reach = {
  core: [],
  'database/demo': ['core', 'database/models'],
  'database/embedded': ['core'],
  database: ['core'],
  cache: ['core'],
  sections: ['database', 'core'],
  loaders: ['database', 'core'],
  homepage: ['sections', 'loaders', 'cache', 'database', 'core'],
  graphql: ['homepage', 'sections', 'database', 'core'],
  observability: ['homepage', 'cache', 'core'],
  http: ['graphql', 'homepage', 'sections', 'cache', 'database', 'core'],
  jobs: ['graphql', 'homepage', 'sections', 'cache', 'database', 'core'],
};

const layers = Object.entries(reach).map(([folder, below]) => ({
  name: `${folder.replace('/', '-')}-reaches-down-only`,
  comment: `src/${folder} may import from ${below.map((name) => `src/${name}`).join(', ') || 'nothing of ours'} only`,
  severity: 'error',
  from: {
    path: `^src/${folder}/`,
    // The demo and the embedded server are leaves below database/, with rules of their own.
    ...(folder === 'database' ? { pathNot: '^src/database/(demo|embedded)/' } : {}),
  },
  to: {
    path: '^src/',
    pathNot: [folder, ...below].map((name) => `^src/${name}/`),
  },
}));

module.exports = {
  forbidden: [
    ...layers,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'only-wiring-knows-the-demo',
      comment: 'Nothing that serves may know which database it talks to',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(jobs/|database/(demo|embedded)/|app\\.ts$)' },
      to: { path: '^src/database/(demo|embedded)/' },
    },
    {
      name: 'nothing-imports-the-top',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|serve)\\.ts$' },
      to: { path: '^src/(main|serve|app)\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
