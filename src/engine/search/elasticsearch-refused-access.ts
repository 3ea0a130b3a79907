/** What the security of Elasticsearch refused, without the users, roles and keys that it names. Pure. */

/** An error as Elasticsearch tells it. */
export interface ToldError {
  readonly type?: string;
  readonly reason?: string;
}

const ACTION = /^action \[([^\]]+)\] is unauthorized/;
const INDEXES = / on (?:restricted )?indices \[([^\]]+)\]/;
const PRIVILEGES = /granted by the (?:index|cluster) privileges \[([^\]]+)\]/;

/** The action, on which indexes, and the privileges that allow it, where they are told; null: something else failed. */
export function refusedAccess({ type, reason = '' }: ToldError): string | null {
  if (type !== 'security_exception') return null;
  const part = (pattern: RegExp): string | undefined => pattern.exec(reason)?.[1]?.replaceAll(',', ', ');
  const [action, indexes, privileges] = [part(ACTION), part(INDEXES), part(PRIVILEGES)];
  if (action === undefined) return 'it did not accept this server’s credentials';
  const where = indexes === undefined ? '' : ` on ${indexes}`;
  const how = privileges === undefined ? '' : `: that takes one of the privileges ${privileges}`;
  return `this server’s credentials do not allow ${action}${where}${how}`;
}
