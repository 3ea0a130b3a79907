/**
 * Whether a page of this origin may open a WebSocket here. Browsers always name their origin and do not ask
 * first as they do for other requests, so this is the only guard; other clients name none.
 */
export function mayConnect(
  headers: { readonly origin?: string | undefined; readonly host?: string | undefined },
  allowed: readonly string[],
): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host;
}
