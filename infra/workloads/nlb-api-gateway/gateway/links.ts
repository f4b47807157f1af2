import type { Aws } from '../../../aws/clients.ts'
import { isMissing } from './gateway-api.ts'

/** A VPC link, as far as it matters where it leads. */
export interface Link {
  /** `AVAILABLE`, or what stands against it. */
  readonly status: string
  /** The load balancers that it leads to; null: to whatever an integration names. */
  readonly targets: readonly string[] | null
}

const gone: Link = { status: 'gone', targets: null }

/** An integration of a REST API may use a link of either version. */
export async function linkOf(id: string, protocol: 'rest' | 'http', aws: Aws): Promise<Link> {
  if (id.includes('${')) return { status: 'named by a stage variable', targets: null }
  const first = protocol === 'rest' ? await restLink(id, aws) : null
  return first ?? (await httpLink(id, aws)) ?? gone
}

async function restLink(vpcLinkId: string, aws: Aws): Promise<Link | null> {
  const { GetVpcLinkCommand } = await import('@aws-sdk/client-api-gateway')
  try {
    const { status = '', targetArns } = await (await aws.apiGateway()).send(new GetVpcLinkCommand({ vpcLinkId }))
    return { status, targets: targetArns ?? [] }
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function httpLink(VpcLinkId: string, aws: Aws): Promise<Link | null> {
  const { GetVpcLinkCommand } = await import('@aws-sdk/client-apigatewayv2')
  try {
    const { VpcLinkStatus = '' } = await (await aws.apiGatewayV2()).send(new GetVpcLinkCommand({ VpcLinkId }))
    return { status: VpcLinkStatus, targets: null }
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}
