import { expect, test } from 'vitest'
import { CallLog } from '../../../sandbox/wire/call-log.ts'

test('keeps the last calls only, and counts all', () => {
  const calls = new CallLog(3)
  for (const ms of [1, 2, 3, 4, 5]) {
    calls.add({ at: new Date(0), service: 'ec2', operation: 'DescribeVpcs', accessKeyId: 'AKID', status: 200, ms })
  }
  expect(calls.recent().map(({ ms }) => ms)).toEqual([3, 4, 5])
  expect(calls.count({ service: 'ec2' })).toBe(5)
})

test('tells whoever follows of every call, until they have seen enough', () => {
  const calls = new CallLog(1)
  const seen: string[] = []
  const unfollow = calls.follow(({ operation }) => seen.push(operation))
  const call = (operation: string) =>
    calls.add({ at: new Date(0), service: 'ec2', operation, accessKeyId: 'AKID', status: 200, ms: 1 })
  call('DescribeVpcs')
  call('DescribeSubnets')
  unfollow()
  call('CreateVpc')
  expect(seen).toEqual(['DescribeVpcs', 'DescribeSubnets'])
})
