import tseslint from 'typescript-eslint';

const GRAPHQL = ['graphql', 'graphql/*', 'type-graphql', 'graphql-*', '@apollo/*', 'dataloader'];
const DRIVERS = ['@mikro-orm/*', 'kysely', 'pg', '@electric-sql/*', '@elastic/*', 'usearch'];
const SERVERS = ['fastify', '@fastify/*', '@as-integrations/*', 'ws', 'pino'];
const ADAPTERS = [
  '**/postgres-*',
  '**/embedded-*',
  '**/elasticsearch-*',
  '**/openai-*',
  '**/hashing-embedder*',
  '**/route-embedder*',
  '**/cached-*',
  '**/in-process-*',
  '**/system-clock*',
];
/** Files of the engine that are adapters or parts of one: what is forbidden to the others is theirs to do. */
const ADAPTER_FILES = [
  'src/engine/**/{postgres,embedded,elasticsearch,openai,hashing,route,cached,in-process,system}-*.ts',
  'src/engine/**/{knn-request,embedding-cache,embedding-cache-lru}.ts',
];
const ROOT = ['**/compose*', '**/main.ts', '**/serve.ts', '**/server.ts', '**/config*'];

/** A folder's files must not import these; test/docs/import-graph.test.ts checks the same on the real graph. */
const apart = (files, message, groups, ignores = []) => ({
  files,
  ignores,
  rules: {
    'no-restricted-imports': ['error', { patterns: [{ group: groups.flat(), message }] }],
  },
});

export default tseslint.config(
  { ignores: ['dist/', 'dist-*/', 'node_modules/', 'data/', 'coverage/'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'scripts/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', { max: 4 }],
    },
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'scripts/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }] },
  },
  {
    // Signatures that libraries decide.
    files: [
      'src/request/socket.ts',
      'src/engine/search/embedded-nearest.ts',
      'bench/knn.ts',
      'bench/elasticsearch/exact.ts',
    ],
    rules: { 'max-params': 'off' },
  },
  apart(
    ['src/engine/**/*.ts'],
    'The core knows ports; adapters and technologies stay outside.',
    [
      GRAPHQL,
      DRIVERS,
      SERVERS,
      ADAPTERS,
      ROOT,
      '**/entities/**',
      '**/store/**',
      '**/resolvers/**',
      '**/schema/**',
    ],
    ADAPTER_FILES,
  ),
  apart(ADAPTER_FILES, 'An adapter knows its port and its driver, not who serves it.', [
    GRAPHQL,
    SERVERS,
    ROOT,
    '**/resolvers/**',
    '**/schema/**',
  ]),
  apart(['src/resolvers/**/*.ts'], 'Resolvers call use cases.', [
    DRIVERS,
    SERVERS,
    ADAPTERS,
    ROOT,
    '**/entities/**',
    '**/store/**',
  ]),
  apart(
    ['src/schema/**/*.ts'],
    'The schema is types without behaviour.',
    [DRIVERS, SERVERS, ADAPTERS, ROOT, '**/entities/**', '**/store/**', '**/resolvers/**', '**/context*'],
    ['src/schema/{build,print}-schema.ts'],
  ),
  apart(['src/entities/**/*.ts'], 'Entities are tables.', [
    GRAPHQL,
    SERVERS,
    ADAPTERS,
    ROOT,
    '**/resolvers/**',
    '**/schema/**',
  ]),
  apart(['src/store/**/*.ts'], 'The store runs SQL and knows nothing above it.', [
    GRAPHQL,
    SERVERS,
    ADAPTERS,
    ROOT,
    '**/resolvers/**',
    '**/schema/**',
  ]),
  apart(
    ['src/server.ts', 'src/context.ts', 'src/graphiql.ts', 'src/request/**/*.ts'],
    'The transport is given its ports.',
    [DRIVERS, ADAPTERS, '**/compose*', '**/entities/**', '**/store/**'],
  ),
  {
    files: ['src/engine/**/*.ts'],
    ignores: ADAPTER_FILES,
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'performance', 'fetch', 'console', 'setTimeout', 'setInterval', 'setImmediate'].map(
          (name) => ({ name, message: 'Time, chance and input come in as arguments or ports.' }),
        ),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take the time from the clock.' },
        { object: 'Math', property: 'random', message: 'Take chance from a seeded source.' },
      ],
    },
  },
);
