import { describedEnum } from './enums.ts';
import type { InteractionOrder } from '../engine/interaction/interaction-log.ts';
import type { InteractionState, UncreditedReason } from '../engine/interaction/interaction.ts';

export const InteractionStates = describedEnum<InteractionState>(
  'InteractionState',
  'Whether an interaction counts.',
  {
    CREDITED: 'Its kinds are in the set that its hit is rewarded for.',
    PENDING: 'Its execution has not been stored yet; it counts as soon as it is.',
    UNCREDITED: 'It is kept, and earns nothing.',
  },
);

export const UncreditedReasons = describedEnum<UncreditedReason>(
  'UncreditedReason',
  'Why an interaction earns nothing.',
  {
    UNKNOWN_EXECUTION: 'No such execution was stored within 60 seconds; it counts if one still comes.',
    OF_EXECUTION: 'Its kinds concern the execution, not a hit.',
    PAGE_DOES_NOT_TEACH: 'A feature was left out or used in part when the page was served.',
    CONTRADICTS_RECORD: 'Its execution came later and has no such hit at such a position.',
  },
);

export const InteractionOrders = describedEnum<InteractionOrder>(
  'InteractionOrder',
  'In which order interactions are listed.',
  {
    NEWEST: 'By time of arrival, newest first.',
    OLDEST: 'By time of arrival, oldest first.',
    OCCURRED: 'By the time they happened, latest first.',
  },
);

export const RecordStatuses = describedEnum('RecordStatus', 'What became of a reported interaction.', {
  RECORDED: 'It is stored.',
  REPEATED: 'The same one was stored before under its idempotency key; nothing was changed.',
  REFUSED: 'It is not stored, for the faults listed.',
});
export type RecordStatus = keyof typeof RecordStatuses;
