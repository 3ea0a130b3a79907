import { ArgsType, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { DateTime, SafeInt } from './scalars.ts';
import { describedEnum, Levels } from './enums.ts';
import { ServedWeightType } from './execution.ts';
import { USER_ERRORS_FIELD, UserErrorType, type Payload } from './user-error.ts';
import type { Lazy } from './node.ts';
import type { Level } from '../engine/execution/record.ts';

@InputType('ContextInput', { description: 'Whose evidence: everybody’s where nothing is given.' })
export class ContextInput {
  @Field(() => [String], {
    nullable: true,
    description: 'A segment: values of the segment features, in declared order.',
  })
  segment?: string[] | null;

  @Field(() => String, { nullable: true, description: 'A user.' })
  user?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A session; it counts only where the retriever keeps counters of sessions.',
  })
  session?: string | null;
}

@ObjectType('LevelEvidence', { description: 'How much one level has seen.', simpleResolvers: true })
export class LevelEvidenceType {
  @Field(() => Levels, { description: 'The level.' })
  level!: Level;

  @Field(() => Float, {
    description: 'Executions that served at least one hit; faded where there is a half-life.',
  })
  pages!: number;

  @Field(() => Float, { description: 'Impressions with a reward that is not 0; faded likewise.' })
  rewardedImpressions!: number;
}

@ObjectType('ContextWeights', {
  description: 'Weights of a context at the mean of its belief.',
  simpleResolvers: true,
})
export class ContextWeightsType {
  @Field(() => [ServedWeightType], {
    description: 'Weight of each feature, of sum 1, in order of the searches.',
  })
  weights!: readonly ServedWeightType[];

  @Field(() => Levels, { description: 'Whose evidence they rest on.' })
  level!: Level;

  @Field(() => String, { description: 'Why this level.' })
  reason!: string;

  @Field(() => String, {
    description: 'Learning generation: what is counted under another one does not count here.',
  })
  generation!: string;

  @Field(() => [LevelEvidenceType], { description: 'What each level has seen, from global.' })
  evidence!: readonly LevelEvidenceType[];
}

@ObjectType('PrecisionShare', { description: 'Where certainty comes from.', simpleResolvers: true })
export class PrecisionShareType {
  @Field(() => Levels, { description: 'The prior, or a level.' })
  source!: Level;

  @Field(() => Float, { description: 'Its share of the precision, 0 to 1.' })
  share!: number;
}

@ObjectType('FeatureBelief', { description: 'What is believed about one feature.', simpleResolvers: true })
export class FeatureBeliefType {
  @Field(() => String, { description: 'URI of the feature.' })
  feature!: string;

  @Field(() => Float, { description: 'Its weight at the mean of the belief.' })
  pointWeight!: number;

  @Field(() => Float, { description: 'Mean of its drawn weights.' })
  mean!: number;

  @Field(() => Float, { description: 'Standard deviation of its drawn weights.' })
  deviation!: number;

  @Field(() => Float, { description: 'Lower end of the middle 95 % of its drawn weights.' })
  low!: number;

  @Field(() => Float, { description: 'Upper end of the middle 95 % of its drawn weights.' })
  high!: number;

  @Field(() => Float, { description: 'Share of the draws in which it weighs most.' })
  probabilityOfLargest!: number;

  @Field(() => Float, { description: 'α of the Beta view of the context’s own counters.' })
  alpha!: number;

  @Field(() => Float, { description: 'β of the Beta view.' })
  beta!: number;

  @Field(() => Float, {
    description: 'Whether rewarded hits score higher in it than others: ½ knows nothing.',
  })
  p!: number;

  @Field(() => [PrecisionShareType], {
    description: 'Where the certainty about it comes from; shares of sum 1.',
  })
  sources!: readonly PrecisionShareType[];
}

@ObjectType('ContextPosterior', {
  description: 'What is believed in a context and how surely, from 1,000 draws.',
  simpleResolvers: true,
})
export class ContextPosteriorType {
  @Field(() => [FeatureBeliefType], { description: 'The features, in order of the searches.' })
  features!: readonly FeatureBeliefType[];

  @Field(() => Levels, { description: 'Whose evidence it rests on.' })
  level!: Level;

  @Field(() => String, { description: 'Why this level.' })
  reason!: string;

  @Field(() => String, { description: 'Learning generation.' })
  generation!: string;

  @Field(() => Int, { description: 'How often all that the retriever has learned was reset.' })
  epoch!: number;

  @Field(() => Float, { description: 'Entropy of the point weights: 1 all equal, 0 one feature alone.' })
  entropy!: number;

  @Field(() => [LevelEvidenceType], { description: 'What each level has seen, from global.' })
  evidence!: readonly LevelEvidenceType[];
}

@ObjectType('WeightSnapshot', { description: 'Weights of a context at a moment.', simpleResolvers: true })
export class WeightSnapshotType {
  @Field(() => DateTime, { description: 'The moment.' })
  at!: Date;

  @Field(() => Int, { description: 'Version of the retriever.' })
  version!: number;

  @Field(() => String, { description: 'Learning generation.' })
  generation!: string;

  @Field(() => [ServedWeightType], { description: 'Weight of each feature, of sum 1.' })
  weights!: readonly ServedWeightType[];

  @Field(() => Float, { description: 'Executions that served at least one hit, in this context.' })
  pages!: number;

  @Field(() => Float, { description: 'Rewarded impressions in this context.' })
  rewardedImpressions!: number;
}

@ArgsType()
export class WeightHistoryArgs {
  @Field(() => [String], { nullable: true, description: 'A segment; null: everybody.' })
  segment?: string[] | null;

  @Field(() => DateTime, { nullable: true, description: 'From this moment on.' })
  since?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Before this moment.' })
  until?: Date | null;

  @Field(() => Int, { defaultValue: 100, description: 'The newest so many snapshots, 1 to 1,000.' })
  last!: number;
}

export const RebuildStates = describedEnum('RebuildState', 'How a rebuild stands.', {
  RUNNING: 'It is summing up the records; the counters before it are served meanwhile.',
  FINISHED: 'Its counters are served.',
});

@ObjectType('Rebuild', { description: 'Counters summed again from the records.', simpleResolvers: true })
export class RebuildType {
  @Field(() => RebuildStates, { description: 'How it stands.' })
  state!: keyof typeof RebuildStates;

  @Field(() => SafeInt, { description: 'Executions taken in.' })
  done!: number;

  @Field(() => SafeInt, { nullable: true, description: 'Executions in all; null once it has finished.' })
  total!: Lazy<number | null>;

  @Field(() => Int, {
    nullable: true,
    description: 'Executions of older versions earn by the rewards of this version; null: each by its own.',
  })
  creditVersion!: number | null;

  @Field(() => DateTime, { description: 'When it began.' })
  startedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it finished; null while it runs.' })
  finishedAt!: Date | null;
}

@InputType('RebuildCountersInput', { description: 'Whose counters to sum again.' })
export class RebuildCountersInput {
  @Field(() => ID, { description: 'Id of the retriever.' })
  retriever!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'Credit executions of this and older versions by its reward map; null: each by its own.',
  })
  creditVersion?: number | null;
}

@ObjectType('RebuildCountersPayload', { description: 'What rebuildCounters began.', simpleResolvers: true })
export class RebuildCountersPayload implements Payload {
  @Field(() => RebuildType, { nullable: true, description: 'The rebuild; null where refused.' })
  rebuild!: RebuildType | null;

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}
