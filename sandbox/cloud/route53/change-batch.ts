import type {
  Change,
  ChangeResourceRecordSetsCommandInput,
  ChangeResourceRecordSetsCommandOutput,
  ResourceRecordSet,
} from '@aws-sdk/client-route-53'
import { isDeepStrictEqual } from 'node:util'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import { canonicalTarget } from './alias-target.ts'
import { requireShape } from './change-shape.ts'
import { submitChange } from './changes.ts'
import { findZone } from './find.ts'
import { invalidChangeBatch } from './invalid.ts'
import { canonicalName, isWithin, nameProblem } from './names.ts'
import { protectionProblem } from './protections.ts'
import { groupProblems, setProblems } from './record-rules.ts'
import { recordKey, type HostedZone, type RecordSet } from './state.ts'
import { processingSeconds } from './timing.ts'

/** All changes or none. While one batch is processed, others of the same zone are refused. */
export const changeResourceRecordSets: Operation<
  ChangeResourceRecordSetsCommandInput,
  ChangeResourceRecordSetsCommandOutput
> = async (world, { HostedZoneId, ChangeBatch }) => {
  const zone = findZone(world, HostedZoneId)
  const changes = requireShape(ChangeBatch)
  requireNoHealthChecks(changes)
  if (zone.busy) {
    throw new AwsError(
      'PriorRequestNotComplete',
      'The request was rejected because Route 53 was still processing a prior request.',
    )
  }
  zone.busy = true
  try {
    await world.clock.sleep(processingSeconds)
    const steps = changes.map(toStep)
    const { records, problems } = apply(zone, steps)
    const given = steps.map(({ set }) => set).filter((set) => records.get(recordKey(set)) === set)
    const all = [
      ...new Set([
        ...problems,
        ...given.flatMap((set) => setProblems(world, zone, records, set)),
        ...groupProblems(zone, records, given),
      ]),
    ]
    if (all.length > 0) throw invalidChangeBatch(all)
    zone.records = records
    return { ChangeInfo: submitChange(world, zone, ChangeBatch?.Comment) }
  } finally {
    zone.busy = false
  }
}

/** There are none here. */
function requireNoHealthChecks(changes: readonly Change[]): void {
  const id = changes.map(({ ResourceRecordSet: set }) => set?.HealthCheckId).find((found) => found)
  if (id) throw new AwsError('NoSuchHealthCheck', `No health check exists with the specified ID: ${id}`, 404)
}

interface Step {
  readonly action: Change['Action']
  readonly set: RecordSet
}

const toStep = ({ Action, ResourceRecordSet: set }: Change): Step => ({
  action: Action,
  set: canonical(set ?? { Name: undefined, Type: undefined }),
})

/** As AWS keeps and answers it. */
function canonical(set: ResourceRecordSet): RecordSet {
  const present = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined))
  const { AliasTarget, ResourceRecords, ...rest } = present as unknown as RecordSet
  return {
    ...rest,
    Name: canonicalName(set.Name ?? ''),
    ...(AliasTarget && { AliasTarget: canonicalTarget(AliasTarget) }),
    ...(ResourceRecords?.length && { ResourceRecords: ResourceRecords.map(({ Value }) => ({ Value })) }),
  }
}

/** The records as the batch would leave them, and what is wrong with its steps as such. */
function apply(zone: HostedZone, steps: readonly Step[]) {
  const records = new Map(zone.records)
  const problems: string[] = []
  const seen = new Map<string, Step['action'][]>()
  for (const { action, set } of steps) {
    const key = recordKey(set)
    const before = seen.get(key) ?? []
    seen.set(key, [...before, action])
    const problem = isContradiction(before, action)
      ? `The request contains an invalid set of changes for a resource record set '${set.Type} ${set.Name}'`
      : (nameProblemIn(zone, set) ??
        protectionProblem(zone, set.Name, set.Type) ??
        stepProblem(records.get(key), action, set))
    if (problem !== undefined) problems.push(problem)
    else if (action === 'DELETE') records.delete(key)
    else records.set(key, set)
  }
  return { records, problems }
}

/** One set may be deleted and made anew in one batch, and nothing else be done to it twice. */
const isContradiction = (before: readonly Step['action'][], action: Step['action']): boolean =>
  before.length > 0 && !(before.length === 1 && before[0] === 'DELETE' && action === 'CREATE')

function nameProblemIn(zone: HostedZone, { Name, Type }: RecordSet): string | undefined {
  const problem = nameProblem(Name)
  if (problem !== undefined) return problem
  if (!isWithin(Name, zone.name)) return `RRSet with DNS name ${Name} is not permitted in zone ${zone.name}`
  if (Type === 'CNAME' && Name === zone.name) {
    return `RRSet of type CNAME with DNS name ${Name} is not permitted at apex in zone ${zone.name}`
  }
  return undefined
}

function stepProblem(existing: RecordSet | undefined, action: Step['action'], set: RecordSet): string | undefined {
  const identifier = set.SetIdentifier === undefined ? '' : `, set-identifier='${set.SetIdentifier}'`
  const named = `resource record set [name='${set.Name}', type='${set.Type}'${identifier}]`
  if (action === 'CREATE' && existing) return `Tried to create ${named} but it already exists`
  if (action !== 'DELETE') return undefined
  if (!existing) return `Tried to delete ${named} but it was not found`
  return isDeepStrictEqual(comparable(existing), comparable(set))
    ? undefined
    : `Tried to delete ${named} but the values provided do not match the current values`
}

/** The order of values does not matter. */
const comparable = (set: RecordSet) => ({
  ...set,
  ResourceRecords: set.ResourceRecords?.map(({ Value }) => Value).sort(),
})
