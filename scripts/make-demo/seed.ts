/** Another seed makes another library; the committed files come from this one. */
export const SEED = 'the lantern library';
