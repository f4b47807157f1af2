import type { ResourceName, Site } from '../../infra/workloads/kind.ts'
import type { EngineStep } from '../engine/engine.ts'

/** Ids that no run may delete or replace, whatever a program says: the switch point and everything of blue's. */
export const untouchable = ({ found, config }: Site, claims: readonly string[]): ReadonlySet<string> =>
  new Set([...found.blueGroups.map(({ arn }) => arn), ...claims, ...Object.values(config).filter(isArn)])

const isArn = (value: unknown): value is string => typeof value === 'string' && value.startsWith('arn:')

export const replacements = [
  'replace',
  'create-replacement',
  'delete-replaced',
  'import-replacement',
  'discard-replaced',
]

/**
 * Invariant 3, on a preview: nothing on blue's side is deleted or replaced, nor is the switch point replaced. What merely leaves
 * the state and stays in AWS is not deleted. One sentence per violation; [] when there is none. Pure.
 */
export function violations(
  steps: readonly EngineStep[],
  untouchableIds: ReadonlySet<string>,
  switches: readonly ResourceName[],
): string[] {
  const isSwitch = ({ type, name }: EngineStep) => switches.some((one) => one.type === type && one.name === name)
  return steps
    .filter((step) => isSwitch(step) || (step.id !== null && untouchableIds.has(step.id)))
    .filter(({ op, retained }) => replacements.includes(op) || (op === 'delete' && !retained))
    .map(({ op, name, id }) => `it would ${op} ${name} (${id ?? 'without an id yet'}), which must stay`)
}

/** Adopting imports and nothing else: steps that would write to what was there before. */
export const writesOf = (steps: readonly EngineStep[]): EngineStep[] =>
  steps.filter(({ op, type }) => !type.startsWith('pulumi:') && !['import', 'same', 'read', 'refresh'].includes(op))
