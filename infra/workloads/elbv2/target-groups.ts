import { DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Aws } from '../../aws/clients.ts'

/** ARNs of every target group that a load balancer uses. */
export async function groupsOf(LoadBalancerArn: string, aws: Aws): Promise<string[]> {
  const arns: string[] = []
  let Marker: string | undefined
  do {
    const page = await aws.elbv2.send(new DescribeTargetGroupsCommand({ LoadBalancerArn, Marker }))
    arns.push(...(page.TargetGroups ?? []).flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []))
    Marker = page.NextMarker
  } while (Marker)
  return arns
}
