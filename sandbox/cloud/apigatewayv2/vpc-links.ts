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
} from '@aws-sdk/client-apigatewayv2'
import { newId } from '../apigateway/ids.ts'
import { badRequest } from '../apigateway/invalid.ts'
import { vpcLinkSeconds } from '../apigateway/timing.ts'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { find } from './find.ts'
import { page } from './pages.ts'
import type { VpcLinkRecord } from './state.ts'

/** Into subnets, and from there to any load balancer of the VPC: an integration names the listener. */
export const createVpcLink: Operation<CreateVpcLinkCommandInput, CreateVpcLinkCommandOutput> = (world, input) => {
  const { Name = '', SubnetIds = [], SecurityGroupIds = [], Tags = {} } = input
  const unknown = SubnetIds.find((id) => !world.ec2.subnets.has(id))
  if (SubnetIds.length === 0) throw badRequest('At least one subnet ID must be specified')
  if (unknown !== undefined) throw badRequest(`The subnet ID '${unknown}' does not exist`)
  const link: VpcLinkRecord = {
    VpcLinkId: newId(6),
    Name,
    SubnetIds,
    SecurityGroupIds,
    Tags,
    CreatedDate: new Date(),
    VpcLinkStatus: 'PENDING',
    VpcLinkStatusMessage: 'VPC link is provisioning ENIs',
    VpcLinkVersion: 'V2',
  }
  world.apigatewayv2.vpcLinks.set(link.VpcLinkId, link)
  world.clock.after(vpcLinkSeconds, () => settle(world, link.VpcLinkId))
  return link
}

function settle({ apigatewayv2, events }: World, id: string): void {
  const link = apigatewayv2.vpcLinks.get(id)
  if (link?.VpcLinkStatus !== 'PENDING') return
  const ready = { VpcLinkStatus: 'AVAILABLE', VpcLinkStatusMessage: 'VPC link is ready to route traffic' } as const
  apigatewayv2.vpcLinks.set(id, { ...link, ...ready })
  events.emit('changed')
}

export const getVpcLink: Operation<GetVpcLinkCommandInput, GetVpcLinkCommandOutput> = (world, input) =>
  find('VpcLink', world.apigatewayv2.vpcLinks, input.VpcLinkId)

export const getVpcLinks: Operation<GetVpcLinksCommandInput, GetVpcLinksCommandOutput> = (world, input) =>
  page([...world.apigatewayv2.vpcLinks.values()], input)

/** Only the name: VPC links are immutable otherwise. */
export const updateVpcLink: Operation<UpdateVpcLinkCommandInput, UpdateVpcLinkCommandOutput> = (world, input) => {
  const before = find('VpcLink', world.apigatewayv2.vpcLinks, input.VpcLinkId)
  const link = { ...before, Name: input.Name ?? before.Name }
  world.apigatewayv2.vpcLinks.set(link.VpcLinkId, link)
  return link
}

export const deleteVpcLink: Operation<DeleteVpcLinkCommandInput, DeleteVpcLinkCommandOutput> = (world, input) => {
  const { vpcLinks } = world.apigatewayv2
  const link = find('VpcLink', vpcLinks, input.VpcLinkId)
  vpcLinks.set(link.VpcLinkId, { ...link, VpcLinkStatus: 'DELETING' })
  world.clock.after(vpcLinkSeconds, () => {
    vpcLinks.delete(link.VpcLinkId)
    world.events.emit('changed')
  })
  return {}
}
