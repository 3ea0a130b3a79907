import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';

/** Whether the field being resolved has one of these fields selected, directly or through fragments. */
export function selects(info: GraphQLResolveInfo, names: readonly string[]): boolean {
  const wanted = new Set(names);
  return info.fieldNodes.some(({ selectionSet }) => holds(selectionSet, { wanted, info, seen: new Set() }));
}

interface Looking {
  readonly wanted: ReadonlySet<string>;
  readonly info: GraphQLResolveInfo;
  /** Fragments already looked into. */
  readonly seen: Set<string>;
}

function holds(selections: SelectionSetNode | undefined, looking: Looking): boolean {
  return (selections?.selections ?? []).some((selection) => {
    switch (selection.kind) {
      case Kind.FIELD:
        return looking.wanted.has(selection.name.value);
      case Kind.INLINE_FRAGMENT:
        return holds(selection.selectionSet, looking);
      case Kind.FRAGMENT_SPREAD: {
        const name = selection.name.value;
        if (looking.seen.has(name)) return false;
        looking.seen.add(name);
        return holds(looking.info.fragments[name]?.selectionSet, looking);
      }
    }
  });
}
