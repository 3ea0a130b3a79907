import { ReweighError, type Fault } from './engine/errors.ts';
import { VARIABLES, type Config, type VariableName } from './config-variables.ts';

export type { Config } from './config-variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Environment to configuration; a blank variable counts as not set. All faults are refused at once:
 * CONFIG_INVALID, or HOST_NOT_LOOPBACK where that is the only one.
 */
export function readConfig(environment: Environment): Config {
  const values: Partial<Record<VariableName, unknown>> = {};
  const faults: Fault[] = [];
  for (const name of Object.keys(VARIABLES) as VariableName[]) {
    const raw = environment[name]?.trim();
    const parsed = VARIABLES[name].schema.safeParse(raw === '' ? undefined : raw);
    if (parsed.success) values[name] = parsed.data;
    else faults.push(fault(name, `${parsed.error.issues[0]?.message ?? 'invalid'}, got ${shown(name, raw)}`));
  }
  faults.push(...faultsBetween(values as Partial<Config>));
  refuse(faults);
  return Object.freeze(values) as Config;
}

/** What can only be seen by looking at several variables. Those that could not be read are left out. */
function faultsBetween(config: Partial<Config>): readonly Fault[] {
  const faults: Fault[] = [];
  const has = (name: VariableName): boolean => config[name] !== undefined && config[name] !== null;
  const credentials = (
    ['ELASTICSEARCH_API_KEY', 'ELASTICSEARCH_USERNAME', 'ELASTICSEARCH_PASSWORD', 'ELASTICSEARCH_CA'] as const
  ).filter(has);
  if (config.ELASTICSEARCH_URL === null)
    faults.push(...credentials.map((name) => fault(name, 'is of no use without ELASTICSEARCH_URL')));
  if (has('ELASTICSEARCH_USERNAME') !== has('ELASTICSEARCH_PASSWORD'))
    faults.push(
      fault('ELASTICSEARCH_USERNAME', 'expected both a user name and ELASTICSEARCH_PASSWORD, or neither'),
    );
  if (has('ELASTICSEARCH_API_KEY') && has('ELASTICSEARCH_USERNAME'))
    faults.push(fault('ELASTICSEARCH_API_KEY', 'expected an API key or a user name, got both'));
  if (config.EMBEDDINGS_URL === null && has('EMBEDDINGS_API_KEY'))
    faults.push(fault('EMBEDDINGS_API_KEY', 'is of no use without EMBEDDINGS_URL'));
  if (has('EMBEDDINGS_URL') !== has('EMBEDDINGS_MODEL'))
    faults.push(fault('EMBEDDINGS_MODEL', 'expected both EMBEDDINGS_URL and EMBEDDINGS_MODEL, or neither'));
  if (config.HOST !== undefined && !isLoopback(config.HOST) && config.ALLOW_UNAUTHENTICATED === false)
    faults.push({
      code: 'HOST_NOT_LOOPBACK',
      path: ['HOST'],
      message: `${config.HOST} can be reached from outside and requests are not authenticated`,
    });
  return faults;
}

/** Whether only this machine can reach the address: localhost, 127.0.0.0/8 or ::1. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function fault(name: VariableName, message: string): Fault {
  return { code: 'CONFIG_INVALID', path: [name], message };
}

/** Secrets are not repeated in messages that end up in logs. */
function shown(name: VariableName, raw: string | undefined): string {
  return /KEY|PASSWORD|URL/.test(name) ? 'something else' : JSON.stringify(raw ?? '');
}

function refuse(faults: readonly Fault[]): void {
  const [first] = faults;
  if (first === undefined) return;
  const code = faults.length === 1 ? first.code : 'CONFIG_INVALID';
  const message = faults.map(({ path, message: text }) => `${path.join('.')}: ${text}`).join('\n  ');
  throw new ReweighError(
    code,
    faults.length === 1 ? message : `${faults.length} faults:\n  ${message}`,
    {},
    faults,
  );
}
