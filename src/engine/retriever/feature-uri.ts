const PART = '[A-Za-z0-9._-]{1,64}';
const FEATURE_URI = new RegExp(`^${PART}://${PART}@${PART}/${PART}$`);

/** What is wrong with a feature URI; null where nothing is. Form: scheme://extractor@version/output. */
export function faultOfFeatureUri(uri: string): string | null {
  if (FEATURE_URI.test(uri)) return null;
  return `expected scheme://extractor@version/output (letters, digits, ".", "_", "-"; 1 to 64 each), got ${JSON.stringify(uri.slice(0, 80))}`;
}
