import { home, isMoved } from '../../traffic.ts'
import type { Stage } from '../kind.ts'
import type { ApiSite, FoundRestApi, StageVariable } from './found.ts'

export interface VariablePlan {
  /** All that the stage was found with, and ours. */
  readonly variables: Readonly<Record<string, string>>
  /** Not ours to change. */
  readonly others: readonly string[]
  readonly canary: CanaryPlan | null
}

export interface CanaryPlan {
  readonly percent: number
  readonly overrides: Readonly<Record<string, string>>
}

/**
 * Which deployment a program gives the stage.
 * `as it is`: none; a stage that is home serves whatever was released last. `ours`: the deployment of this try, or the converted
 * one. `before ours`: the one that it served before. `found`: as found.
 */
export type Serves = 'as it is' | 'ours' | 'before ours' | 'found'

export function serves({ found: { api } }: ApiSite, stage: Stage): Serves {
  if (stage.switchPoint !== 'owned') return 'as it is'
  if (api.protocol === 'http' && api.autoDeploy) return 'as it is'
  if (api.protocol === 'rest' && api.variable) {
    if (!api.variable.converts) return 'as it is'
    if (stage.part?.name === 'convert') return 'ours'
    return stage.name === 'restored' ? 'found' : 'as it is'
  }
  if (stage.part?.name === 'home') return 'before ours'
  return isMoved(stage.split) ? 'ours' : 'as it is'
}

/** The stage variable and the canary that make a split. null: they are not there, as before the conversion. */
export function variableAt({ variable, variables }: FoundRestApi, stage: Stage): VariablePlan | null {
  if (!variable) return null
  const others = Object.keys(variables).filter((name) => name !== variable.name)
  if (stage.name === 'restored' && variable.converts) return { variables, others, canary: null }
  const value = isMoved(stage.split) ? variable.green : variable.blue
  return { variables: { ...variables, [variable.name]: value }, others, canary: canaryAt(variable, stage) }
}

function canaryAt({ name, green }: StageVariable, { split }: Stage): VariablePlan['canary'] {
  if (split.green === 0 || isMoved(split)) return null
  return { percent: split.green, overrides: { [name]: green } }
}

/** The steps towards a stage that one `up` cannot take. `before`: the stage that is in effect. */
export function partsOf(site: ApiSite, stage: Stage, before: Stage | null): readonly Stage[] {
  const { api } = site.found
  if (stage.switchPoint !== 'owned' || (api.protocol === 'http' && api.autoDeploy)) return [stage]
  if (api.protocol === 'rest' && api.variable) return variableParts(api.variable, stage, before)
  if (isMoved(stage.split)) {
    return before && isMoved(before.split) ? [stage] : [part(stage, 'deploy', stage.attempt), stage]
  }
  // a move broke off, and may have arrived: the stage has to serve what it served before
  if (before && isMoved(before.split)) return [part(stage, 'home', before.attempt), stage]
  return [stage]
}

/** For a plan. */
export const partWords = {
  deploy: 'leads to green in the working API; the stage serves what it served',
  home: 'serves again what it served before',
  convert: 'by the stage variable from now on, which leads to blue as before',
} as const

/** At home and deletable, whatever it leads to. */
const part = (stage: Stage, name: string, attempt: number): Stage => ({
  ...stage,
  name: 'shifting',
  green: 'present',
  testRoute: false,
  keep: 'nothing',
  split: home,
  attempt,
  part: { name, data: null },
})

function variableParts({ converts }: StageVariable, stage: Stage, before: Stage | null): readonly Stage[] {
  if (!converts) return [stage]
  const literal = before === null || before.switchPoint !== 'owned' || before.name === 'restored'
  if (stage.name === 'restored') return literal ? [stage] : [part(stage, 'look', stage.attempt), stage]
  return literal || before.part?.name === 'convert' ? [part(stage, 'convert', stage.attempt), stage] : [stage]
}
