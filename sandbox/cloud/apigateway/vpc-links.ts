import type {
  CreateVpcLinkCommandInput,
  CreateVpcLinkCommandOutput,
  DeleteVpcLinkCommandInput,
  DeleteVpcLinkCommandOutput,
  GetVpcLinkCommandInput,
  GetVpcLinkCommandOutput,
  GetVpcLinksCommandInput,
  GetVpcLinksCommandOutput,
  UpdateVpcLinkCommandInput,
  UpdateVpcLinkCommandOutput,
} from '@aws-sdk/client-api-gateway'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { findVpcLink } from './find.ts'
import { newId } from './ids.ts'
import { badRequest } from './invalid.ts'
import { page } from './pages.ts'
import { patched } from './patch.ts'
import type { VpcLinkRecord } from './state.ts'
import { vpcLinkSeconds } from './timing.ts'

/** PENDING for minutes, then AVAILABLE; FAILED where the target is no network load balancer of the account. */
export const createVpcLink: Operation<CreateVpcLinkCommandInput, CreateVpcLinkCommandOutput> = (world, input) => {
  const { name, description, targetArns = [], tags } = input
  if (!name) throw badRequest('VPC link name is required')
  if (targetArns.length !== 1) throw badRequest('Exactly one target ARN must be specified')
  const link: VpcLinkRecord = {
    id: newId(6),
    name,
    ...(description && { description }),
    ...(tags && { tags }),
    targetArns,
    status: 'PENDING',
    statusMessage: 'Your vpc link is being provisioned',
  }
  world.apigateway.vpcLinks.set(link.id, link)
  become(world, link.id, vpcLinkSeconds, (current) => settled(world, current))
  return link
}

function settled(world: World, link: VpcLinkRecord): VpcLinkRecord {
  const target = world.elbv2.loadBalancers.get(link.targetArns[0] ?? '')
  if (target?.type === 'network') {
    return { ...link, status: 'AVAILABLE', statusMessage: 'Your vpc link is ready for use' }
  }
  return { ...link, status: 'FAILED', statusMessage: `NLB ARN is malformed or does not exist: ${link.targetArns[0]}` }
}

function become(
  { apigateway, clock, events }: World,
  id: string,
  seconds: number,
  next: (link: VpcLinkRecord) => VpcLinkRecord | undefined,
): void {
  clock.after(seconds, () => {
    const current = apigateway.vpcLinks.get(id)
    const link = current && next(current)
    if (link) apigateway.vpcLinks.set(id, link)
    else apigateway.vpcLinks.delete(id)
    events.emit('changed')
  })
}

export const getVpcLink: Operation<GetVpcLinkCommandInput, GetVpcLinkCommandOutput> = (world, input) =>
  findVpcLink(world, input.vpcLinkId)

export const getVpcLinks: Operation<GetVpcLinksCommandInput, GetVpcLinksCommandOutput> = (world, input) =>
  page([...world.apigateway.vpcLinks.values()], input)

const fields = { '/name': { ops: ['replace'] }, '/description': { ops: ['replace'] } } as const

export const updateVpcLink: Operation<UpdateVpcLinkCommandInput, UpdateVpcLinkCommandOutput> = (world, input) => {
  const link = patched(findVpcLink(world, input.vpcLinkId), input.patchOperations, fields)
  world.apigateway.vpcLinks.set(link.id, link)
  return link
}

export const deleteVpcLink: Operation<DeleteVpcLinkCommandInput, DeleteVpcLinkCommandOutput> = (world, input) => {
  const link = findVpcLink(world, input.vpcLinkId)
  const users = usersOf(world, link.id)
  if (users.length > 0) {
    throw badRequest(
      `Cannot delete vpc link. Vpc link '${link.id}', is referenced in [${users.join(', ')}] in format of [Method:Resource:Stage].`,
    )
  }
  world.apigateway.vpcLinks.set(link.id, {
    ...link,
    status: 'DELETING',
    statusMessage: 'Your vpc link is being deleted',
  })
  become(world, link.id, vpcLinkSeconds, () => undefined)
  return {}
}

/** Only what is deployed counts. */
function usersOf(world: World, id: string): string[] {
  return [...world.apigateway.restApis.values()].flatMap(({ stages, deployments }) =>
    [...stages.values()].flatMap((stage) => {
      const resources = deployments.get(stage.deploymentId)?.resources ?? []
      return resources.flatMap((resource) =>
        Object.entries(resource.resourceMethods ?? {})
          .filter(([, method]) => method.methodIntegration?.connectionId === id)
          .map(([verb]) => `${verb}:${resource.id}:${stage.stageName}`),
      )
    }),
  )
}
