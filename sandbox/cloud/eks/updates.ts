import { randomUUID } from 'node:crypto'
import type {
  DescribeUpdateCommandInput,
  DescribeUpdateCommandOutput,
  ListUpdatesCommandInput,
  ListUpdatesCommandOutput,
  Update,
  UpdateParamType,
  UpdateType,
} from '@aws-sdk/client-eks'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { inUse, notFound } from './errors.ts'
import { addonNamed, clusterNamed, nodegroupNamed } from './find.ts'
import { eksPage } from './pages.ts'
import type { ClusterRecord, UpdateRecord } from './state.ts'

export type Params = Partial<Record<UpdateParamType, unknown>>

interface Plan {
  readonly type: UpdateType
  readonly params: Params
  readonly nodegroupName?: string
  readonly addonName?: string
  /** AWS seconds until `end`. */
  readonly seconds: number
  readonly end: () => void
}

/** A change that takes its time: InProgress now, Successful when it has been made. One at a time on the same thing. */
export function startUpdate(world: World, cluster: ClusterRecord, plan: Plan): Update {
  const { type, params, nodegroupName, addonName } = plan
  requireNoneUnderWay(cluster, plan)
  const about: UpdateRecord['about'] = {
    id: randomUUID(),
    status: 'InProgress',
    type,
    params: Object.entries(params)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ type: name as UpdateParamType, value: paramText(value) })),
    createdAt: new Date(),
    errors: [],
  }
  cluster.updates.set(about.id, { about, nodegroupName, addonName })
  world.clock.after(plan.seconds, () => {
    plan.end()
    about.status = 'Successful'
  })
  return about
}

const paramText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function requireNoneUnderWay(cluster: ClusterRecord, { type, nodegroupName, addonName }: Plan): void {
  const other = [...cluster.updates.values()].find(
    (update) =>
      update.about.status === 'InProgress' && update.nodegroupName === nodegroupName && update.addonName === addonName,
  )
  if (!other) return
  const what = nodegroupName
    ? `Nodegroup ${nodegroupName}`
    : addonName
      ? `Addon ${addonName}`
      : `cluster ${cluster.about.name}`
  const message = `Cannot ${type} because ${what} currently has update ${other.about.id} in progress`
  throw inUse(message, { clusterName: cluster.about.name, nodegroupName, addonName })
}

type Scope = { name: string | undefined; nodegroupName?: string | undefined; addonName?: string | undefined }

/** The cluster's own updates, or those of the node group or add-on that is named. */
function updatesOf(world: World, { name, nodegroupName, addonName }: Scope): UpdateRecord[] {
  const cluster = clusterNamed(world, name)
  if (nodegroupName !== undefined) nodegroupNamed(cluster, nodegroupName)
  if (addonName !== undefined) addonNamed(cluster, addonName)
  return [...cluster.updates.values()].filter(
    (update) => update.nodegroupName === nodegroupName && update.addonName === addonName,
  )
}

const describeUpdate: Operation<DescribeUpdateCommandInput, DescribeUpdateCommandOutput> = (world, input) => {
  const update = updatesOf(world, input).find(({ about }) => about.id === input.updateId)
  if (!update) throw notFound(`No update found for ID: ${input.updateId}`)
  return { update: update.about }
}

const listUpdates: Operation<ListUpdatesCommandInput, ListUpdatesCommandOutput> = (world, input) => {
  const ids = updatesOf(world, input).map(({ about }) => about.id)
  const { items, nextToken } = eksPage(ids.toReversed(), input)
  return { updateIds: items, nextToken }
}

export const updates: Operations = { DescribeUpdate: describeUpdate, ListUpdates: listUpdates }
