import type {
  AccountAttribute,
  DescribeAccountAttributesCommandInput,
  DescribeAccountAttributesCommandOutput,
  DescribeInstancesCommandInput,
  DescribeInstancesCommandOutput,
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'

const attributesOf = (world: World): Record<string, string[]> => ({
  'supported-platforms': ['VPC'],
  'default-vpc': [[...world.ec2.vpcs.values()].find((vpc) => vpc.IsDefault)?.VpcId ?? 'none'],
  'max-instances': ['20'],
  'vpc-max-security-groups-per-interface': ['5'],
  'max-elastic-ips': ['5'],
  'vpc-max-elastic-ips': ['5'],
})

const describeAccountAttributes: Operation<
  DescribeAccountAttributesCommandInput,
  DescribeAccountAttributesCommandOutput
> = (world, input) => {
  const asked: readonly string[] | undefined = input.AttributeNames
  const attributes: AccountAttribute[] = Object.entries(attributesOf(world))
    .filter(([name]) => !asked?.length || asked.includes(name))
    .map(([name, values]) => ({
      AttributeName: name,
      AttributeValues: values.map((AttributeValue) => ({ AttributeValue })),
    }))
  return { AccountAttributes: attributes }
}

/** There are no instances yet: pods live on nodes that EC2 does not show. */
const describeInstances: Operation<DescribeInstancesCommandInput, DescribeInstancesCommandOutput> = (_world, input) => {
  const [id] = input.InstanceIds ?? []
  if (id !== undefined) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`)
  return { Reservations: [] }
}

/** Nor are there network interfaces; AWS shows those of load balancers and pods here. */
const describeNetworkInterfaces: Operation<
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput
> = (_world, input) => {
  const [id] = input.NetworkInterfaceIds ?? []
  if (id !== undefined) {
    throw new AwsError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`)
  }
  return { NetworkInterfaces: [] }
}

export const account: Operations = {
  DescribeAccountAttributes: describeAccountAttributes,
  DescribeInstances: describeInstances,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
}
