/** Words without a subject: for titles, names, moods and closing sentences. All people are invented. */
const list = (text: string): readonly string[] => text.trim().split(/\s*\|\s*/);

/** Title adjectives; some are also moods, so that titles mislead whoever browses by mood. */
export const ADJECTIVES = list(
  'Silent | Borrowed | Second | Crooked | Long | Paper | Salt | Winter | Hidden | Last | Blue | Patient | Hollow | Gentle | Eerie | Merry | Restless | Northern | Broken | Golden | Thoughtful | Uncommon | Late | Sleeping',
);
export const TITLE_NOUNS = list(
  'Door | House | Letter | Daughter | Garden | Road | Season | Promise | Shadow | Window | Journey | Inheritance | Ledger | Neighbour | Weather | Supper | Harvest | Staircase | Morning | Silence | Confession | Passenger | Winter | Secret',
);
/** Titles about a family: the name in them is not that of the author. */
export const FAMILY_NOUNS = list('Letters | Inheritance | Affair | Papers | Sisters | Bequest | Diaries');

export const FIRST_NAMES = list(
  'Isolde | Barnaby | Ottoline | Corin | Tamsin | Leopold | Wilhelmina | Ansel | Marguerite | Fenwick | Odessa | Casimir | Philippa | Lucian | Henrike | Tobias | Rosalind | Emeric | Sunniva | Dorian | Beatrix | Alaric | Imogen | Piers | Saskia | Quentin',
);
/** Surnames that are also words of titles and subjects. */
export const SPEAKING_SURNAMES = list(
  'Heron | Fox | Weaver | Potter | Baker | Fisher | Piper | Bell | Moon | Frost | Rose | Bridges | Wells | Shepherd | Singer | Carpenter | Porter | Knight | Reed | Lock',
);
export const SURNAMES = list(
  'Tarrant | Quillfeather | Ashgrove | Vellacott | Ombersley | Drummole | Pettifer | Larkspur | Windlass | Mordaunt | Skerrow | Halloran | Brackwater | Thistlewood | Ingleby | Cavendale | Rookhope | Sallowfield | Greymantle | Oddington | Trevanick | Wolverley | Fairweather | Nettleship',
);

export const MOODS = list(
  'cosy | eerie | funny | gentle | thoughtful | adventurous | melancholy | practical | romantic | suspenseful | whimsical | meticulous',
);
export const READERS = list('for children | for teenagers | for grown-ups | for the whole family');
export const FORMS = [
  'novel',
  'short stories',
  'memoir',
  'handbook',
  'history',
  'essays',
  'picture book',
] as const;
export type Form = (typeof FORMS)[number];

/** Closing sentences that say nothing about the subject. */
export const CLOSINGS = list(
  'With maps on both endpapers. | The final chapter alone is worth the price. | A new edition with notes and an index. | Reissued after many years out of print. | Printed on heavy paper with forty drawings. | Winner of a prize nobody had heard of before. | Best read in one sitting, by a window. | The sequel is said to be longer. | Includes three recipes and an apology. | The margins are wide enough for arguments. | Translated for the first time. | It ends exactly where it should. | With photographs from a family album. | Every chapter opens with a letter. | The illustrations were cut in wood. | Some readers will want to begin at the end. | The publisher recommends a second cup. | It was written in a single summer.',
);
export const ERAS = list(
  'the first guilds | the age of candles | the old kingdom | the great flood | the invention of the pencil | the last war | our grandparents | the present day',
);
