import type {
  AccountAttribute,
  DescribeAccountAttributesCommandInput,
  DescribeAccountAttributesCommandOutput,
} from '@aws-sdk/client-ec2'
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

export const account: Operations = { DescribeAccountAttributes: describeAccountAttributes }
