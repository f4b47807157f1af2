import { describeSplit, sameSplit, type Split } from '../../infra/traffic.ts'
import type { Stage, SwitchResource } from '../../infra/workloads/kind.ts'
import type { EngineStep } from '../engine/engine.ts'

/** What one stage would change, for people and for programs. */
export interface StageDiff {
  readonly stage: Stage['name']
  /** the step on the way to the stage that this is, by the kind's name for it; null: the stage itself */
  readonly part: string | null
  readonly split: Split
  /** one line per change, the switch point first */
  readonly lines: readonly string[]
  readonly counts: Readonly<Record<string, number>>
}

/** Pulumi's steps as sentences. Pure. `from`: the split before the stage. `partWords`: what parts do, in the kind's words. */
export function diffOf(
  stage: Stage,
  from: Split,
  steps: readonly EngineStep[],
  switches: readonly SwitchResource[],
  partWords: Readonly<Record<string, string>> = {},
): StageDiff {
  const shown = steps.filter(({ op, type }) => op !== 'same' && !type.startsWith('pulumi:'))
  const switchOf = ({ type, name }: EngineStep) => switches.find((s) => s.type === type && s.name === name)
  const part = stage.part?.name ?? null
  const words = (part && partWords[part]) || wordsOf(stage, from)
  const lines = [
    ...shown.flatMap((step) => linesOfSwitch(step, switchOf(step), words)),
    ...shown.filter((step) => !switchOf(step)).flatMap(linesOf),
  ]
  return { stage: stage.name, part, split: stage.split, lines, counts: countBy(shown.map(({ op }) => op)) }
}

/** The same of a stack that has no switch point. */
export function changesOf(steps: readonly EngineStep[]): Pick<StageDiff, 'lines' | 'counts'> {
  const shown = steps.filter(({ op, type }) => op !== 'same' && !type.startsWith('pulumi:'))
  return { lines: shown.flatMap(linesOf), counts: countBy(shown.map(({ op }) => op)) }
}

function linesOfSwitch(step: EngineStep, resource: SwitchResource | undefined, words: string): string[] {
  if (!resource) return []
  const what = `${nounOf(step.type)} ${tailOf(resource.id)}`
  if (step.op === 'import') return [`${what}: adopted as it is, nothing written`]
  if (step.op === 'delete' && step.retained) return [`${what}: leaves our state, stays in AWS as it is`]
  if (step.op !== 'update') return linesOf(step)
  return [`${what}: ${words}`]
}

/** What a stage does to the switch point. */
function wordsOf(stage: Stage, from: Split): string {
  if (stage.blue === 'retired') return 'green alone, blue taken out'
  if (stage.green === 'absent') return 'as found, blue alone'
  if (sameSplit(from, stage.split)) return `blue and green side by side, ${describeSplit(stage.split)}`
  return `green ${from.green} → ${stage.split.green} %, blue ${from.blue} → ${stage.split.blue} %`
}

const verbs: Readonly<Record<string, string>> = {
  create: 'make',
  update: 'change',
  delete: 'delete',
  replace: 'replace',
  import: 'adopt',
  read: 'read',
  refresh: 'read again',
}

function linesOf(step: EngineStep): string[] {
  if (step.op === 'delete' && step.retained)
    return [`${nounOf(step.type)} ${step.name}: leaves our state, stays as it is`]
  const changes = step.changes.map(({ path, before, after }) => `  ${path}: ${show(before)} → ${show(after)}`)
  return [`${verbs[step.op] ?? step.op} ${nounOf(step.type)} ${step.name}`, ...(step.op === 'update' ? changes : [])]
}

/** `aws:lb/targetGroup:TargetGroup` → `target group` */
export const nounOf = (type: string): string =>
  (type.split(':').at(-1) ?? type).replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()

/** Of an ARN `…/app/shop/50dc…/f2f7…/9683…` → `shop/50dc…/f2f7…/9683…`: what tells one from another. Other ids are as short as they can be. */
const tailOf = (id: string): string => (id.startsWith('arn:') ? id.split('/').slice(2).join('/') : id)

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
