import { ERROR_CATALOGUE, ReweighError } from './engine/errors.ts';

/** A fault at start as the operator reads it: its code, what happened and what to do. No stack where it was foreseen. */
export function describeFault(error: unknown): string {
  if (error instanceof ReweighError)
    return `${error.code}: ${error.message}\n${ERROR_CATALOGUE[error.code].action}`;
  return `INTERNAL: the server could not start. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** What the operating system says about an address that cannot be listened on. */
export function listenFault(error: unknown, address: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'EADDRINUSE')
    return new ReweighError('PORT_IN_USE', `another process listens on ${address}`);
  const unusable = ['EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAFNOSUPPORT', 'EAI_AGAIN', 'EINVAL'];
  return unusable.includes(String(error.code))
    ? new ReweighError('ADDRESS_UNUSABLE', `cannot listen on ${address}: ${error.message}`)
    : error;
}
