import { subject, type Topic } from './topic.ts';

export const INDOORS: readonly Topic[] = [
  {
    category: 'Kitchen',
    subjects: [
      subject('bread', {
        things: 'sourdough | ovens | bakers | rye loaves | millstones and flour | crusts',
        heroes: 'a baker who works by night | a miller with no wind',
        deeds: 'feeds a sourdough older than the house | bakes one loaf too many every morning',
        events: 'the yeast dies in a heat wave | the whole street wakes to the smell of burning rye',
        titleWords: 'Bread | Oven | Flour',
      }),
      subject('soups', {
        things: 'stock pots | broths | lentils and barley | ladles | onions | soup kitchens',
        heroes: 'a soup cook on a river ferry | the newest volunteer of a soup kitchen',
        deeds: 'keeps one pot going for a hundred days | stretches six onions for sixty guests',
        events: 'the pot is never washed and one day it is | the secret ingredient runs out',
        titleWords: 'Soup | Ladle | Onion',
      }),
      subject('preserves', {
        things: 'jams and jellies | pickled cucumbers | copper pans | larders | vinegar | labels in ink',
        heroes: 'a jam judge | a widow with a full larder',
        deeds: 'bottles the whole summer in one August week | pickles whatever the neighbours leave',
        events: 'the jars begin to pop at midnight | a label dated next year is found',
        titleWords: 'Jam | Pickle | Larder',
      }),
      subject('tea', {
        things: 'teahouses | kettles | leaves and steam | porcelain cups | tea merchants | afternoons',
        heroes: 'a tea taster who catches a cold | the owner of an unprofitable teahouse',
        deeds: 'blends a tea for each customer | carries one chest across a desert',
        events: 'the last tin is empty | a stranger orders a blend nobody has sold for decades',
        titleWords: 'Tea | Kettle | Teacup',
      }),
    ],
  },
  {
    category: 'Railways',
    subjects: [
      subject('night trains', {
        things: 'sleeping cars | night trains | conductors | corridors | frontier stops | dining cars',
        heroes: 'a sleeping-car conductor | a passenger with two tickets',
        deeds: 'crosses five borders before breakfast | wakes in a compartment that is not his',
        events: 'the train stops where there is no station | a passenger vanishes between two frontiers',
        titleWords: 'Express | Sleeper | Carriage',
      }),
      subject('stations', {
        things: 'waiting rooms | porters | platform clocks | left luggage | timetables | station buffets',
        heroes: 'a station porter | the announcer of a branch-line station',
        deeds: 'looks after luggage that nobody claims | announces trains that were cancelled years ago',
        events: 'the station is closed and the passengers keep coming | a trunk is heard to sneeze',
        titleWords: 'Station | Platform | Porter',
      }),
      subject('signal boxes', {
        things: 'signal boxes | levers and wires | semaphore arms | signalmen | bell codes | level crossings',
        heroes: 'a young signalwoman | the relief man at a lonely box',
        deeds: 'pulls forty levers by heart | hears a bell code that is in no book',
        events: 'two trains are offered the same line | the signal falls by itself',
        titleWords: 'Signal | Lever | Crossing',
      }),
      subject('narrow-gauge lines', {
        things:
          'narrow-gauge engines | steam | slate quarries | boilers and coal | railway volunteers | sidings',
        heroes: 'a band of railway volunteers | a fireman of seventeen',
        deeds: 'rebuilds an engine from drawings on a napkin | shovels coal up the steepest line in the land',
        events: 'the boiler fails its last test | the track is found under a rose garden',
        titleWords: 'Engine | Steam | Siding',
      }),
    ],
  },
  {
    category: 'Music',
    subjects: [
      subject('bells', {
        things:
          'bell towers | bell founders | ringers and ropes | bronze | changes and peals | cracked bells',
        heroes: 'a bell founder | a band of ringers one short',
        deeds: 'casts a bell that will not sound | rings five thousand changes without a slip',
        events: 'the bell cracks on its first stroke | the tower rings though the ropes are tied',
        titleWords: 'Bell | Tower | Peal',
      }),
      subject('fiddles', {
        things: 'fiddles | horsehair and rosin | violin makers | dance tunes | varnish | bows',
        heroes: 'a violin maker | a fiddler who cannot read music',
        deeds: 'varnishes one violin for a lifetime | plays a wedding every night for a year',
        events: 'the fiddle is pawned before the concert | a tune comes back from across the ocean',
        titleWords: 'Fiddle | Violin | Bow',
      }),
      subject('choirs', {
        things: 'choirs | singers | sopranos and basses | rehearsal rooms | hymns | conductors with pencils',
        heroes: 'a choir without a tenor | a singer who has lost her voice',
        deeds: 'rehearses in a swimming bath | learns a mass for forty voices',
        events: 'the choir is snowed in before the concert | the top note is never reached',
        titleWords: 'Choir | Hymn | Singer',
      }),
      subject('pipers', {
        things: 'bagpipes | pipers | laments | reeds and drones | tin whistles | village bands',
        heroes: 'a piper in a regiment of one | a maker of tin whistles',
        deeds: 'plays a lament for the living | teaches the pipes through a party wall',
        events: 'the bagpipes are left out in the rain | a tune calls the rats back',
        titleWords: 'Piper | Whistle | Drum',
      }),
    ],
  },
  {
    category: 'Mystery',
    subjects: [
      subject('forgery', {
        things:
          'forged letters | ink and watermarks | auction rooms | false signatures | experts | copied masterpieces',
        heroes: 'a handwriting expert | a forger who wants to be caught',
        deeds: 'proves that her own diary is a fake | signs a painting with the right name',
        events: 'two originals are hung side by side | the ink is younger than the crime',
        titleWords: 'Forgery | Ink | Signature',
      }),
      subject('missing persons', {
        things: 'missing persons | empty rooms | last letters | detectives | false names | railway tickets',
        heroes: 'a detective afraid of boats | the wife of a man who never existed',
        deeds: 'searches for a woman whom everyone saw yesterday | follows a man who is looking for himself',
        events: 'a guest leaves the hotel without his shoes | the missing heir arrives twice',
        titleWords: 'Vanishing | Stranger | Alibi',
      }),
      subject('burglary', {
        things: 'safes and locks | burglars | skylights | jewel cases | lock picks | night alarms',
        heroes: 'a locksmith | a burglar who only returns things',
        deeds: 'opens a safe that has no door | steals the same necklace three times',
        events: 'the vault is empty and still locked | a burglar finds a body in the wardrobe',
        titleWords: 'Lock | Key | Burglar',
      }),
      subject('poison', {
        things: 'poisons | apothecary jars | coroners | arsenic in wallpaper | bitter almonds | inheritances',
        heroes: 'a village coroner | an apothecary with a perfect memory',
        deeds: 'tastes the evidence | draws up a list of everyone who took sugar',
        events: 'the heir drinks from the wrong glass | the doctor falls ill at the inquest',
        titleWords: 'Poison | Arsenic | Inquest',
      }),
    ],
  },
  {
    category: 'Workshop',
    subjects: [
      subject('weaving', {
        things: 'looms | weavers | shuttles | wool and dye | tapestries | patterns on squared paper',
        heroes: 'a weaver of coats of arms | a dyer in search of a red',
        deeds: 'weaves a tapestry of her own street | unpicks by night what the day has made',
        events: 'the mill closes and the looms are thrown out | a pattern turns out to be a letter',
        titleWords: 'Loom | Weaver | Thread',
      }),
      subject('pottery', {
        things: 'kilns | potters | glazes | clay pits | cracked bowls | throwing wheels',
        heroes: 'a potter on an island of clay | an heir to a glaze recipe',
        deeds: 'throws a thousand bowls to keep one | mends broken cups with gold',
        events: 'the kiln cools too fast | the clay shows the print of a hand',
        titleWords: 'Kiln | Clay | Potter',
      }),
      subject('clockmaking', {
        things: 'pendulums | clockmakers | escapements | cuckoo clocks | springs and cogs | town hall clocks',
        heroes: 'a clockmaker who is always late | the winder of a hundred clocks',
        deeds: 'repairs a clock that runs backwards | winds every clock in a closed museum',
        events: 'the town clock strikes thirteen | all the clocks stop at one address',
        titleWords: 'Clock | Pendulum | Hour',
      }),
      subject('woodturning', {
        things: 'lathes | carpenters | chisels and shavings | chair legs | walnut boards | glue pots',
        heroes: 'a carpenter with nine fingers | a chair maker and his critic',
        deeds: 'turns a bowl from a storm-felled walnut | makes a chair for someone he has never seen',
        events: 'the workshop burns and the tools survive | a drawer is found with no joints',
        titleWords: 'Chisel | Carpenter | Walnut',
      }),
    ],
  },
  {
    category: 'Puzzles and numbers',
    subjects: [
      subject('chess', {
        things: 'chess clubs | endgames | bishops and pawns | chess clocks | openings | postal games',
        heroes: 'a chess master who cannot win | a player who never met her opponent',
        deeds: 'plays one game by post for thirty years | gives away a queen on purpose',
        events: 'a move arrives after the player has died | the final is decided by a sneeze',
        titleWords: 'Gambit | Pawn | Bishop',
      }),
      subject('ciphers', {
        things: 'ciphers | code books | secret ink | radio operators | crosswords | keys and alphabets',
        heroes: 'a code breaker | a crossword setter with a secret',
        deeds: 'breaks a cipher hidden in knitting | answers a radio message sent before her birth',
        events: 'the key is in the wrong language | the code book is sold as poetry',
        titleWords: 'Cipher | Code | Enigma',
      }),
      subject('maps', {
        things: 'maps | surveyors | compasses | blank spaces | contour lines | globes in libraries',
        heroes: 'a surveyor of imaginary islands | a map thief',
        deeds: 'draws the only map of a moving river | walks a border that nobody agreed on',
        events: 'the island is not where the chart puts it | a folded map opens to a second country',
        titleWords: 'Map | Compass | Atlas',
      }),
      subject('prime numbers', {
        things: 'prime numbers | proofs | chalk dust | infinite sums | mathematicians | slide rules',
        heroes: 'a mathematician who stops at seven | a night cleaner with a proof',
        deeds: 'fills a blackboard nobody may wipe | counts to a million and notices something',
        events: 'the proof has a hole in its last line | the lottery draws only primes',
        titleWords: 'Number | Proof | Infinity',
      }),
    ],
  },
  {
    category: 'City life',
    subjects: [
      subject('bridges', {
        things: 'bridges | arches and cables | toll keepers | rivets | ferrymen | river fog',
        heroes: 'an engineer of bridges | the last toll keeper',
        deeds: 'paints one bridge from end to end and begins again | listens to the cables for a fault',
        events: 'the two halves do not meet | the bridge sways at the opening parade',
        titleWords: 'Bridge | Arch | Ferry',
      }),
      subject('markets', {
        things:
          'market stalls | costermongers | haggling | cheese sellers | awnings | bargains at closing time',
        heroes: 'a cheese seller | the youngest trader in the market hall',
        deeds: 'sells umbrellas only when it is dry | knows every customer by his bad coins',
        events: 'the market hall is bought by a bank | a stall appears that sells forgotten things',
        titleWords: 'Market | Bargain | Stall',
      }),
      subject('rooftops', {
        things:
          'chimney sweeps | rooftops | pigeon lofts | slates and gutters | washing lines | attic windows',
        heroes: 'a chimney sweep | a boy who lives above the city',
        deeds: 'crosses the whole town without touching the ground | races pigeons from the cathedral roof',
        events:
          'a garden is discovered on the exchange | the storm lifts every slate on one side of the street',
        titleWords: 'Rooftop | Chimney | Pigeon',
      }),
      subject('canals', {
        things:
          'narrowboats | locks and lock keepers | towpaths | barges | canal tunnels | painted roses on cabins',
        heroes: 'a lock keeper with wet feet | a family on a coal barge',
        deeds: 'legs a boat through a mile of dark | moves house at four miles an hour',
        events: 'the canal is drained and a door is found | a barge arrives with nobody aboard',
        titleWords: 'Canal | Barge | Towpath',
      }),
    ],
  },
];
