import type { ErrorEntry } from './error-catalogue-entry.ts';

const operator = (meaning: string, action: string): ErrorEntry => ({
  meaning,
  action,
  retryable: false,
  audience: 'operator',
});

/** Faults at start, for the operator. */
export const START_ERRORS = {
  CONFIG_INVALID: operator(
    'An environment variable has a value that cannot be used.',
    'Correct the variables listed.',
  ),
  NODE_TOO_OLD: operator(
    'The Node.js that runs the server is too old.',
    'Start with npm start, which brings its own, or install Node.js 24.',
  ),
  HOST_NOT_LOOPBACK: operator(
    'HOST is reachable from outside and requests are not authenticated.',
    'Use a loopback address, or set ALLOW_UNAUTHENTICATED=true knowingly.',
  ),
  DATA_DIR_LOCKED: operator(
    'Another process has the data folder open.',
    'Stop that process, or choose another DATA_DIR.',
  ),
  DATA_DIR_NOT_WRITABLE: operator(
    'The data folder cannot be created or written.',
    'Correct its permissions, or choose another DATA_DIR.',
  ),
  DATA_DIR_DAMAGED: operator(
    'The data folder cannot be opened as a database.',
    'Restore it from a backup, or choose another DATA_DIR.',
  ),
  DATABASE_UNAVAILABLE: operator(
    'The database cannot be opened.',
    'Check that it runs and that DATABASE_URL is right.',
  ),
  DATABASE_TOO_OLD: operator(
    'The database is an older PostgreSQL than this server works with.',
    'Upgrade it to PostgreSQL 15 or newer, or give the DATABASE_URL of one that is.',
  ),
  SEARCH_BACKEND_UNAVAILABLE: operator(
    'The search backend cannot be opened.',
    'Check that it runs and that ELASTICSEARCH_URL and its credentials are right.',
  ),
  ADDRESS_UNUSABLE: operator('HOST and PORT cannot be listened on.', 'Choose another HOST or PORT.'),
  PORT_IN_USE: operator(
    'Another process listens on this port.',
    'Stop that process, or choose another PORT.',
  ),
} as const satisfies Record<string, ErrorEntry>;
