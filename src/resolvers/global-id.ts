import { decodeGlobalId, type GlobalId } from '../engine/ids.ts';
import { refusal } from '../engine/errors.ts';

/** Reads an opaque id of one of these types; INVALID_ID for anything else. */
export function requireId<Type extends GlobalId['type']>(
  text: string,
  types: readonly Type[],
  path: readonly (string | number)[],
): Extract<GlobalId, { readonly type: Type }> {
  const id = decodeGlobalId(text);
  if (id !== null && (types as readonly string[]).includes(id.type))
    return id as Extract<GlobalId, { readonly type: Type }>;
  throw refusal('INVALID_ID', `expected an id of ${types.join(' or ')} as this server gave it out`, path);
}
