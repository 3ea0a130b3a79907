import { Field, Float, InputType, ObjectType } from 'type-graphql';
import { Credits, InteractionKinds, Poolings, Posteriors, RewardMapModes } from './enums.ts';
import type { Credit, Pooling, Posterior } from '../engine/retriever/learning-spec.ts';
import type { InteractionKind, RewardMapMode } from '../engine/learning/reward.ts';

const START =
  'How far a draw strays from the mean, as a share of the posterior’s spread: 0 (never) to 2; .25.';
const FLOOR = 'It never falls below this, 0 to `start`; 0.';
const HALVING = 'Rewarded impressions after which the part above the floor has halved; null: it stays.';
const HALF_LIFE = 'Seconds after which evidence counts half; null: for ever.';
const LEAST_OWN = 'Rewarded impressions a level needs of its own to be named as the level of the weights; 5.';
const LIMIT = 'A reward is clipped to ± this; null: no limit.';
const WEIGHT_FLOOR = 'Least weight of a feature, 0 to 1 / features; 0.';
const WEIGHT_CEILING = 'Greatest weight of a feature, 1 / features to 1; null: none.';
const SESSIONS = 'Whether sessions have counters of their own.';
const PRIOR_PAGES = 'How many rewarded pages the prior is worth; 20.';

@ObjectType('Exploration', { description: 'How far draws stray from the mean.', simpleResolvers: true })
export class ExplorationType {
  @Field(() => Float, { description: START })
  start!: number;

  @Field(() => Float, { description: FLOOR })
  floor!: number;

  @Field(() => Float, { nullable: true, description: HALVING })
  halfLife!: number | null;
}

@ObjectType('Reward', { description: 'What a kind of interaction earns.', simpleResolvers: true })
export class RewardType {
  @Field(() => InteractionKinds, { description: 'The kind.' })
  kind!: InteractionKind;

  @Field(() => Float, { description: 'What it earns; negative: what it costs.' })
  reward!: number;
}

@ObjectType('Learning', { description: 'How a retriever learns.', simpleResolvers: true })
export class LearningType {
  @Field(() => Posteriors, { description: 'How evidence becomes weights.' })
  posterior!: Posterior;

  @Field(() => Credits, { description: 'What the BETA posterior counts as a success.' })
  credit!: Credit;

  @Field(() => ExplorationType, { description: 'How far draws stray from the mean.' })
  exploration!: ExplorationType;

  @Field(() => Float, { nullable: true, description: HALF_LIFE })
  halfLife!: number | null;

  @Field(() => Poolings, { description: 'How the levels meet.' })
  pooling!: Pooling;

  @Field(() => Float, { description: LEAST_OWN })
  minInteractions!: number;

  @Field(() => [RewardType], { description: 'What each kind of interaction earns.' })
  rewards!: readonly RewardType[];

  @Field(() => Float, { nullable: true, description: LIMIT })
  rewardLimit!: number | null;

  @Field(() => Float, { description: WEIGHT_FLOOR })
  weightFloor!: number;

  @Field(() => Float, { nullable: true, description: WEIGHT_CEILING })
  weightCeiling!: number | null;

  @Field(() => Boolean, { description: SESSIONS })
  sessionLevel!: boolean;

  @Field(() => Float, { description: PRIOR_PAGES })
  priorPages!: number;
}

@InputType('ExplorationInput', { description: 'How far draws stray from the mean.' })
export class ExplorationInput {
  @Field(() => Float, { nullable: true, description: START })
  start?: number | null;

  @Field(() => Float, { nullable: true, description: FLOOR })
  floor?: number | null;

  @Field(() => Float, { nullable: true, description: HALVING })
  halfLife?: number | null;
}

@InputType('RewardInput', { description: 'What a kind of interaction earns.' })
export class RewardInput {
  @Field(() => InteractionKinds, { description: 'The kind.' })
  kind!: InteractionKind;

  @Field(() => Float, { description: 'Within ±1,000,000; 0 for the kinds that concern an execution.' })
  reward!: number;
}

@InputType('RewardMapInput', { description: 'What the kinds of interaction earn.' })
export class RewardMapInput {
  @Field(() => RewardMapModes, { defaultValue: 'MERGE', description: 'How the entries meet the defaults.' })
  mode!: RewardMapMode;

  @Field(() => [RewardInput], { description: 'Kinds, each at most once, and what they earn.' })
  entries!: RewardInput[];
}

@InputType('LearningInput', { description: 'How a retriever learns. What is left out is as by default.' })
export class LearningInput {
  @Field(() => Posteriors, { nullable: true, description: 'How evidence becomes weights; LINEAR.' })
  posterior?: Posterior | null;

  @Field(() => Credits, { nullable: true, description: 'What the BETA posterior counts as a success; LIFT.' })
  credit?: Credit | null;

  @Field(() => ExplorationInput, { nullable: true, description: 'How far draws stray from the mean.' })
  exploration?: ExplorationInput | null;

  @Field(() => Float, { nullable: true, description: HALF_LIFE })
  halfLife?: number | null;

  @Field(() => Poolings, { nullable: true, description: 'How the levels meet; SHRINKAGE.' })
  pooling?: Pooling | null;

  @Field(() => Float, { nullable: true, description: LEAST_OWN })
  minInteractions?: number | null;

  @Field(() => RewardMapInput, { nullable: true, description: 'What the kinds of interaction earn.' })
  rewardMap?: RewardMapInput | null;

  @Field(() => Float, { nullable: true, description: LIMIT })
  rewardLimit?: number | null;

  @Field(() => Float, { nullable: true, description: WEIGHT_FLOOR })
  weightFloor?: number | null;

  @Field(() => Float, { nullable: true, description: WEIGHT_CEILING })
  weightCeiling?: number | null;

  @Field(() => Boolean, { nullable: true, description: SESSIONS })
  sessionLevel?: boolean | null;

  @Field(() => Float, { nullable: true, description: PRIOR_PAGES })
  priorPages?: number | null;
}
