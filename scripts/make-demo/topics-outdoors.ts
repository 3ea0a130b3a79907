import { subject, type Topic } from './topic.ts';

export const OUTDOORS: readonly Topic[] = [
  {
    category: 'Sea and coast',
    subjects: [
      subject('lighthouses', {
        things:
          'lighthouse keepers | lamps and lenses | foghorns | rock stations | spiral stairs | supply boats',
        heroes: 'a retired lighthouse keeper | the last apprentice on the rock',
        deeds: 'keeps the lamp burning through a winter of storms | polishes a lens the size of a cottage',
        events: 'the light goes out on the longest night | the supply boat does not come',
        titleWords: 'Lighthouse | Lamp | Beacon',
      }),
      subject('fishing', {
        things: 'herring fleets | nets and floats | oilskins | fish auctions | fishermen | harbour cats',
        heroes: 'a stubborn fisher | a deckhand of fifteen',
        deeds: 'mends nets until the herring return | sails out in a boat older than the pier',
        events: 'the catch fails for a third year | the fleet comes home one boat short',
        titleWords: 'Herring | Net | Trawler',
      }),
      subject('shipwrecks', {
        things: 'sunken ships | salvage divers | barnacled cannon | ship logs | reefs | drowned cargo',
        heroes: 'a salvage diver with a bad ear | the daughter of a drowned captain',
        deeds: 'dives for a cargo nobody will name | reads a log that the sea has half erased',
        events: 'a wreck rises after two centuries | the reef gives up a chest of letters',
        titleWords: 'Wreck | Anchor | Reef',
      }),
      subject('tides', {
        things: 'spring tides | mudflats | rock pools | shrimps and limpets | sea walls | tide tables',
        heroes: 'a marsh warden | a collector of sea glass',
        deeds: 'walks the mudflats between two tides | keeps tables of every flood for forty years',
        events: 'the sea wall gives way in the night | the tide uncovers a forest',
        titleWords: 'Tide | Shore | Estuary',
      }),
    ],
  },
  {
    category: 'Mountains',
    subjects: [
      subject('glaciers', {
        things: 'glaciers | crevasses | ice cores | frost and meltwater | moraines | polar tents',
        heroes: 'a surveyor of ice | a student who hates the cold',
        deeds: 'measures how far the ice has shrunk | drills for air ten thousand years old',
        events: 'the ice returns a lost ski | a lake empties overnight',
        titleWords: 'Glacier | Ice | Frost',
      }),
      subject('climbing', {
        things: 'ropes and pitons | north faces | rock climbers | summits | bivouacs | guides',
        heroes: 'a climbing guide of sixty | the rival of a lost climber',
        deeds: 'tries the north face a third time | ties in with a partner who once cut the rope',
        events: 'the weather breaks below the summit | a rope is found with a clean cut',
        titleWords: 'Summit | Ridge | Rope',
      }),
      subject('shepherding', {
        things: 'flocks | shepherds | sheepdogs | high pastures | shearing days | stone folds',
        heroes: 'a shepherd without a dog | a girl who inherits ninety sheep',
        deeds: 'drives the flock over the pass before snow | learns to whistle to a half-blind sheepdog',
        events: 'the wolves come back to the pasture | a late snow buries the lambs',
        titleWords: 'Shepherd | Flock | Pasture',
      }),
      subject('mountain huts', {
        things: 'mountain huts | iron stoves | wardens | guest books | bunk rooms | rescue sledges',
        heroes: 'the warden of the highest hut | the eleventh of eleven snowed-in strangers',
        deeds: 'serves barley broth to whoever comes down alive | reads eighty years of guest books',
        events: 'the storm shuts the hut for a week | a name in the guest book is signed twice',
        titleWords: 'Hut | Pass | Avalanche',
      }),
    ],
  },
  {
    category: 'Gardens',
    subjects: [
      subject('roses', {
        things:
          'climbing roses | rose hips | pruning knives | greenhouses | rose breeders | thorns and scent',
        heroes: 'a rose breeder with no sense of smell | a gardener at a ruined manor',
        deeds: 'crosses two roses that should not flower together | prunes what three generations planted',
        events: 'a blue rose opens | the frost takes every bush but one',
        titleWords: 'Rose | Thorn | Hedge',
      }),
      subject('orchards', {
        things: 'apple trees | grafting wax | cider presses | pears on walls | orchard ladders | windfalls',
        heroes: 'a cider maker | the heir to a neglected orchard',
        deeds: 'grafts forty apples onto one tree | presses cider from fruit nobody can name',
        events: 'the old orchard is marked for a road | one tree bears fruit in December',
        titleWords: 'Orchard | Apple | Cider',
      }),
      subject('beekeeping', {
        things: 'hives | swarms | beekeepers | honeycomb | smokers and veils | clover meadows',
        heroes: 'a village beekeeper | a boy afraid of bees',
        deeds: 'tells the bees of every death in the house | follows a swarm across three parishes',
        events: 'the hives fall silent in June | the swarm settles in the pulpit',
        titleWords: 'Hive | Honey | Swarm',
      }),
      subject('kitchen gardens', {
        things: 'beans and peas | compost | cold frames | seed drawers | allotments | garden robins',
        heroes: 'an allotment society | a cook who digs',
        deeds: 'grows leeks for a show nobody has won twice | saves seed in a chest of sixty drawers',
        events: 'the prize marrow disappears | the beans climb past the chimney',
        titleWords: 'Allotment | Bean | Spade',
      }),
    ],
  },
  {
    category: 'Wild life',
    subjects: [
      subject('foxes', {
        things: 'foxes | dens and cubs | hedgerows at dusk | hen houses | paw prints | night cameras',
        heroes: 'a one-eared fox | a night watchman who feeds a vixen',
        deeds: 'raises three cubs under a garden shed | follows a vixen through the sleeping suburbs',
        events: 'the den is found | a cub crosses the motorway alone',
        titleWords: 'Fox | Vixen | Den',
      }),
      subject('waterbirds', {
        things: 'herons | reed beds | geese and swans | marshes | bird hides | ringing nets',
        heroes: 'a heron that will not migrate | a warden of the reed beds',
        deeds: 'counts every heron on the river | rings geese before the long flight',
        events: 'the marsh is to be drained | ten thousand geese land in one night',
        titleWords: 'Heron | Reed | Swan',
      }),
      subject('owls', {
        things: 'barn owls | pellets | silent wings | hollow elms | nest boxes | moonlit fields',
        heroes: 'a barn owl in a clock tower | a farmer who sells his barn',
        deeds: 'listens for owls in every parish church | builds nest boxes out of old pews',
        events: 'the last barn owl leaves the valley | an owl is heard at noon',
        titleWords: 'Owl | Feather | Barn',
      }),
      subject('old woods', {
        things: 'ancient oaks | charcoal burners | mushrooms | badger paths | coppice | leaf mould',
        heroes: 'a forester near the end of his service | a child who lives in an oak',
        deeds: 'walks the wood that was old when the kings hunted there | learns every mushroom by its smell',
        events: 'the oak falls without a wind | the wood is sold by the acre',
        titleWords: 'Oak | Forest | Badger',
      }),
    ],
  },
  {
    category: 'Night sky',
    subjects: [
      subject('the moon', {
        things: 'lunar seas | moonlight | eclipses | crater maps | moon rocks | tidal pull',
        heroes: 'a mapper of the moon | a sleepless schoolteacher',
        deeds: 'draws every crater by hand | waits thirty years for one eclipse',
        events: 'the moon rises red over the village | a flash is seen inside a crater',
        titleWords: 'Moon | Eclipse | Crater',
      }),
      subject('comets', {
        things: 'comets | tails of dust | orbits | comet hunters | meteor showers | old almanacs',
        heroes: 'a comet hunter with a borrowed telescope | a monk who kept an almanac',
        deeds: 'searches the same patch of sky each dawn | works out an orbit on the backs of letters',
        events: 'the comet comes back a year early | a shower of meteors lights the harvest',
        titleWords: 'Comet | Meteor | Orbit',
      }),
      subject('telescopes', {
        things:
          'mirrors and lenses | observatories | brass telescopes | domes | glass grinders | long exposures',
        heroes: 'a grinder of mirrors | the night assistant at an observatory',
        deeds: 'grinds a mirror for eleven years | photographs a galaxy no chart shows',
        events: 'the dome jams open in the rain | the great mirror cracks',
        titleWords: 'Telescope | Mirror | Dome',
      }),
      subject('constellations', {
        things:
          'constellations | star charts | sailors who steer by stars | myths of the sky | planetariums | winter nights',
        heroes: 'a painter of planetarium ceilings | a sister with half a star chart',
        deeds: 'names a constellation after every neighbour | steers home by a single star',
        events: 'a star goes missing from the chart | the power fails and the sky appears',
        titleWords: 'Star | Constellation | Zenith',
      }),
    ],
  },
  {
    category: 'Folk tales',
    subjects: [
      subject('witches', {
        things:
          'witches | broom cupboards | black cats | spells in the margins | hedge remedies | midnight markets',
        heroes: 'a witch with hay fever | the third witch at a shared kettle',
        deeds: 'sells weather by the bottle | loses an argument with her own cat',
        events: 'every broom in the county is stolen | a spell works on the wrong sister',
        titleWords: 'Witch | Spell | Broom',
      }),
      subject('wishing wells', {
        things: 'wishing wells | buckets and ropes | coins under water | springs | promises | dry summers',
        heroes: 'the keeper of a wishing well | a liar who makes one honest wish',
        deeds: 'climbs down to count the coins | grants wishes in the order they were paid for',
        events: 'the well begins to answer back | the spring runs dry at the feast',
        titleWords: 'Well | Wish | Bucket',
      }),
      subject('giants', {
        things: 'giants | boulders | seven-league boots | beanstalks | castles in the clouds | thunder',
        heroes: 'the smallest of the giants | a cobbler with one enormous customer',
        deeds: 'builds a causeway for love | hides behind a hill that is not quite large enough',
        events: 'a giant falls asleep across the valley | a footprint fills with rain and becomes a lake',
        titleWords: 'Giant | Boulder | Castle',
      }),
      subject('dragons', {
        things: 'dragons | hoards of gold | scales and smoke | knights | caves | eggs in the ashes',
        heroes: 'a dragon who collects teapots | a knight afraid of horses',
        deeds: 'guards a hoard of lost umbrellas | sits on an egg that is not her own',
        events: 'the dragon asks for a librarian | the egg hatches in the bakery oven',
        titleWords: 'Dragon | Knight | Ember',
      }),
    ],
  },
];
