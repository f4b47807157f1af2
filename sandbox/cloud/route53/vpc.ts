import type {
  AssociateVPCWithHostedZoneCommandInput,
  AssociateVPCWithHostedZoneCommandOutput,
  DisassociateVPCFromHostedZoneCommandInput,
  DisassociateVPCFromHostedZoneCommandOutput,
  VPC,
} from '@aws-sdk/client-route-53'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { submitChange } from './changes.ts'
import { findZone } from './find.ts'

export function requireVpc(world: World, { VPCId = '', VPCRegion }: VPC): void {
  if (VPCRegion === world.region && world.ec2.vpcs.has(VPCId)) return
  throw new AwsError('InvalidVPCId', `The VPC: ${VPCId} does not exist.`)
}

export const associateVpc: Operation<
  AssociateVPCWithHostedZoneCommandInput,
  AssociateVPCWithHostedZoneCommandOutput
> = (world, { HostedZoneId, VPC = {}, Comment }) => {
  const zone = findZone(world, HostedZoneId)
  if (!zone.private) {
    throw new AwsError('PublicZoneVPCAssociation', 'You cannot associate a VPC with a public hosted zone.')
  }
  requireVpc(world, VPC)
  if (!zone.vpcs.some(({ VPCId }) => VPCId === VPC.VPCId)) zone.vpcs = [...zone.vpcs, VPC]
  return { ChangeInfo: submitChange(world, zone, Comment) }
}

export const disassociateVpc: Operation<
  DisassociateVPCFromHostedZoneCommandInput,
  DisassociateVPCFromHostedZoneCommandOutput
> = (world, { HostedZoneId, VPC, Comment }) => {
  const zone = findZone(world, HostedZoneId)
  const others = zone.vpcs.filter(({ VPCId }) => VPCId !== VPC?.VPCId)
  if (others.length === zone.vpcs.length) {
    throw new AwsError('VPCAssociationNotFound', `The VPC: ${VPC?.VPCId} is not associated with the hosted zone.`, 404)
  }
  if (others.length === 0) {
    throw new AwsError('LastVPCAssociation', 'Cannot remove the last VPC association for the private zone.')
  }
  zone.vpcs = others
  return { ChangeInfo: submitChange(world, zone, Comment) }
}
