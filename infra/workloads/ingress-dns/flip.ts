import type { Change } from '@aws-sdk/client-route-53'
import type { Aws } from '../../aws/clients.ts'
import { changeRecordSets, isInvalidBatch } from '../../aws/route53.ts'
import { home, sameSplit, type Split } from '../../traffic.ts'
import type { Stage, StageName, WorkloadOutputs } from '../kind.ts'
import type { IngressDnsSite } from './found.ts'
import type { Routed } from './targets.ts'
import { splitIn } from './targets.ts'
import { isOfOurMaking, routedSets, typesOf } from './read.ts'
import { recordSetOf, recordsOf, type RecordPlan } from './records.ts'

/** Stages in which green has a record of its own. */
const withGreen: readonly StageName[] = ['prepared', 'shifting', 'soaking', 'retired']

/**
 * Sets the split by one batch for all types of the name. Where the records are not of the shape that is expected, because a run
 * died amid a conversion or green's load balancer is gone, Route 53 refuses the batch as a whole; home is then set by one that fits
 * what there is.
 */
export async function flip(
  site: IngressDnsSite,
  outputs: WorkloadOutputs | null,
  split: Split,
  aws: Aws,
): Promise<void> {
  const isHome = sameSplit(split, home)
  const green = outputs !== null && withGreen.includes(outputs.stage)
  if (!green && !isHome) throw new RangeError(`${site.workload} has no record for green to send traffic to`)
  const records = recordsOf(site, stageOf(split, green))
  try {
    await changeRecordSets(
      site.config.zone,
      records.map((record) => put('UPSERT', site, record)),
      aws,
    )
  } catch (error) {
    if (!isHome || !isInvalidBatch(error)) throw error
    await replaceByHome(site, green, aws)
  }
}

const stageOf = (split: Split, green: boolean): Stage => ({
  name: green ? 'shifting' : 'restored',
  green: green ? 'present' : 'absent',
  split,
  testRoute: false,
  blue: 'attached',
  switchPoint: 'owned',
  keep: 'nothing',
  attempt: 0,
  part: null,
})

const put = (Action: 'CREATE' | 'UPSERT', site: IngressDnsSite, record: RecordPlan): Change => ({
  Action,
  ResourceRecordSet: recordSetOf(site, record),
})

const remove = (set: Routed): Change => ({ Action: 'DELETE', ResourceRecordSet: set })

/** Whatever is ours goes, and blue's record comes: weighted where green was side by side with it, else as found. */
async function replaceByHome(site: IngressDnsSite, green: boolean, aws: Aws): Promise<void> {
  const own = (await routedSets(site, aws)).filter((set) => isOfOurMaking(site, set))
  const wanted = recordsOf(site, stageOf(home, green)).filter(({ role }) => role === 'switch-point')
  const changes = [...own.map(remove), ...wanted.map((record) => put('CREATE', site, record))]
  await changeRecordSets(site.config.zone, changes, aws)
}

/**
 * Gives the switch point the identifier that the program of `stage` knows it by, where a run died amid a conversion and left it
 * with another. One batch that moves no traffic; nothing where all is well.
 */
export async function takeOver(site: IngressDnsSite, stage: Stage, aws: Aws): Promise<void> {
  const sets = await routedSets(site, aws)
  const wanted = recordsOf(site, stage)
  const asWanted = wanted.map((record) => recordSetOf(site, record) as Routed)
  const { loadBalancers } = site.found
  if (!sameSplit(splitIn(sets, typesOf(site), loadBalancers), splitIn(asWanted, typesOf(site), loadBalancers))) return
  const changes = wanted.flatMap((record) => {
    const { type, weighted, role } = record
    const ofType = sets.filter((set) => set.Type === type && isOfOurMaking(site, set))
    const isThere = ofType.some(({ SetIdentifier }) => SetIdentifier === weighted?.identifier)
    if (role !== 'switch-point' || isThere || weighted?.weight === 0) return []
    // a simple record is alone, and a weighted one has none that is simple beside it
    const inTheWay = ofType.filter(({ SetIdentifier }) => weighted === null || SetIdentifier === undefined)
    return [...inTheWay.map(remove), put('CREATE', site, record)]
  })
  if (changes.length > 0) await changeRecordSets(site.config.zone, changes, aws)
}
