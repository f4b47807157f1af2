import { logical } from '../../names.ts'
import type { PlanBase, Stage } from '../kind.ts'
import type { IngressDnsSite, RoutedType } from './found.ts'
import { layoutOf } from './layout.ts'
import { kept } from './parts.ts'
import { importIdOf, recordsOf, type RecordPlan } from './records.ts'

/** Everything that the program will make of one name at one stage. */
export interface IngressDnsPlan extends PlanBase {
  readonly zone: string
  readonly record: string
  /** `[]`: it is left out of the program. */
  readonly switchPoints: readonly SwitchPointPlan[]
  readonly greenRecords: readonly GreenRecordPlan[]
  readonly targetGroups: { readonly blue: string | null; readonly green: string | null }
  readonly testRoute: string | null
  readonly keep: Stage['keep']
}

export interface SwitchPointPlan {
  readonly name: string
  /** null: it is in the state already. */
  readonly importId: string | null
  /** true: imported, everything ignored, so that no run can write. */
  readonly adoptedOnly: boolean
  readonly record: RecordPlan
}

export interface GreenRecordPlan {
  readonly name: string
  /** The switch point of its type, which is changed before it. */
  readonly after: string
  readonly record: RecordPlan
  /** true: it leaves with the next stage. Until then nothing can delete it from `soaking` on. */
  readonly leaves: boolean
}

export function plan(site: IngressDnsSite, stage: Stage): IngressDnsPlan {
  const { migration, workload, config, found } = site
  const { green } = found.loadBalancers
  const records = stage.switchPoint === 'left-out' ? [] : recordsOf(site, stage)
  return {
    outputs: {
      schemaVersion: 1,
      migration,
      workload,
      kind: 'ingress-dns',
      stage: stage.name,
      split: stage.split,
      frontDoor: config.record,
      switchPoint: claimOf(config),
    },
    zone: config.zone,
    record: config.record,
    switchPoints: records
      .filter(({ role }) => role === 'switch-point')
      .map((record) => ({
        name: switchPointName(record.type),
        importId: stage.part?.name === kept.name ? null : foundImportId(site, record.type),
        adoptedOnly: stage.switchPoint === 'adopted',
        record,
      })),
    greenRecords: records
      .filter(({ role }) => role === 'green-record')
      .map((record) => ({
        name: greenRecordName(record.type),
        after: switchPointName(record.type),
        record,
        leaves: layoutOf(stage) === 'green-twice',
      })),
    targetGroups: {
      blue: found.blueGroups[0]?.arn ?? null,
      green: stage.green === 'present' ? (green.targetGroups[0] ?? null) : null,
    },
    testRoute: stage.testRoute && stage.green === 'present' ? green.arn : null,
    keep: stage.keep,
  }
}

export const claimOf = ({ zone, record }: IngressDnsSite['config']): string => `${zone}_${record}`

const ofType = (name: string, type: RoutedType): string => (type === 'AAAA' ? `${name}-aaaa` : name)

export const switchPointName = (type: RoutedType): string => ofType(logical.switchPoint, type)

export const greenRecordName = (type: RoutedType): string => ofType(logical.greenRecord, type)

/** As it was called when it was found. */
export function foundImportId(site: IngressDnsSite, type: RoutedType): string {
  const weighted = site.found.records.find((found) => found.type === type)?.weighted ?? null
  return importIdOf(site, { type, weighted })
}
