import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { addListener, addLoadBalancer, addRule, call, healthOf, toOne } from '../elbv2/fixture.ts'
import { addGroupOf, allHealthy, deregister, register, startDataPlane, until, type DataPlane } from './fixture.ts'

vi.setConfig({ testTimeout: 30_000 })

let plane: DataPlane

beforeEach(async () => {
  plane = await startDataPlane()
})

afterEach(() => plane.stop())

const becomes = (group: string, ip: string, state: string) =>
  until(`${ip} is ${state}`, async () => (await healthOf(plane.world, group))[`${ip}:80`] === state)

test('a target is unused, then initial, then healthy by real checks, and unused again when nothing refers to its group', async () => {
  const pod = await plane.startPod('10.0.1.1')
  const blue = await addGroupOf(plane, 'blue', [pod.ip], { HealthCheckPath: '/healthz' })
  expect(await healthOf(plane.world, blue)).toEqual({ '10.0.1.1:80': 'unused Target.NotInUse' })
  expect(pod.checks).toEqual([])
  const listener = await addListener(plane, toOne(blue))
  expect(await healthOf(plane.world, blue)).toEqual({ '10.0.1.1:80': 'initial Elb.RegistrationInProgress' })
  await becomes(blue, pod.ip, 'healthy')
  expect(pod.checks[0]).toMatchObject({ host: '10.0.1.1:80', 'user-agent': 'ELB-HealthChecker/2.0' })
  await call(plane.world, 'DeleteListener', { ListenerArn: listener })
  expect(await healthOf(plane.world, blue)).toEqual({ '10.0.1.1:80': 'unused Target.NotInUse' })
  await addListener(plane, toOne(blue))
  expect(await healthOf(plane.world, blue)).toEqual({ '10.0.1.1:80': 'initial Elb.RegistrationInProgress' })
})

test('an answer that the matcher does not accept makes it unhealthy, and it recovers', async () => {
  const pod = await plane.startPod('10.0.1.1')
  const blue = await addGroupOf(plane, 'blue', [pod.ip])
  await addListener(plane, toOne(blue))
  await allHealthy(plane, blue)
  pod.healthStatus = 503
  await becomes(blue, pod.ip, 'unhealthy Target.ResponseCodeMismatch')
  const { TargetHealthDescriptions } = await call(plane.world, 'DescribeTargetHealth', { TargetGroupArn: blue })
  expect(TargetHealthDescriptions[0].TargetHealth.Description).toBe('Health checks failed with these codes: [503]')
  pod.healthStatus = 200
  await becomes(blue, pod.ip, 'healthy')
  await call(plane.world, 'ModifyTargetGroup', { TargetGroupArn: blue, Matcher: { HttpCode: '204' } })
  await becomes(blue, pod.ip, 'unhealthy Target.ResponseCodeMismatch')
})

test('a target where nobody listens fails its checks', async () => {
  const pod = await plane.startPod('10.0.1.1')
  const blue = await addGroupOf(plane, 'blue', [pod.ip, '10.0.1.2'])
  await addListener(plane, toOne(blue))
  await becomes(blue, '10.0.1.2', 'unhealthy Target.FailedHealthChecks')
  await becomes(blue, pod.ip, 'healthy')
  await pod.kill()
  await becomes(blue, pod.ip, 'unhealthy Target.FailedHealthChecks')
})

test('a target that accepts and says nothing times out', async () => {
  await plane.startPod('10.0.1.1', { handler: () => undefined })
  const blue = await addGroupOf(plane, 'blue', ['10.0.1.1'])
  await addListener(plane, toOne(blue))
  await becomes(blue, '10.0.1.1', 'unhealthy Target.Timeout')
})

test('the port of the checks can be another one than that of the traffic', async () => {
  const check = await plane.startPod('10.0.1.1', { port: 9090 })
  const blue = await addGroupOf(plane, 'blue', ['10.0.1.1'], { HealthCheckPort: '9090' })
  await addListener(plane, toOne(blue))
  await becomes(blue, '10.0.1.1', 'healthy')
  expect(check.checks.length).toBeGreaterThan(0)
})

test('a target of a network load balancer is checked over TCP and needs all its passes', async () => {
  await plane.startPod('10.0.1.1')
  const loadBalancer = await addLoadBalancer(plane.world, plane, 'net', { Type: 'network' })
  const group = await addGroupOf(plane, 'tcp', ['10.0.1.1'], { Protocol: 'TCP' })
  await addListener({ ...plane, loadBalancer }, toOne(group), 80, { Protocol: 'TCP' })
  await becomes(group, '10.0.1.1', 'healthy')
})

test('a target in a zone that the load balancer does not serve is unused', async () => {
  await plane.startPod('10.0.1.1')
  const group = await addGroupOf(plane, 'tcp', ['10.0.1.1'], { Protocol: 'TCP' })
  const subnets = [plane.subnets[1] ?? '']
  const loadBalancer = await addLoadBalancer(plane.world, { ...plane, subnets }, 'net', { Type: 'network' })
  await addListener({ ...plane, loadBalancer }, toOne(group), 80, { Protocol: 'TCP' })
  expect(await healthOf(plane.world, group)).toEqual({ '10.0.1.1:80': 'unused Target.NotInUse' })
})

test('a draining target is not checked any more', async () => {
  const [staying, leaving] = [await plane.startPod('10.0.1.1'), await plane.startPod('10.0.1.2')]
  const blue = await addGroupOf(plane, 'blue', [staying.ip, leaving.ip])
  await addRule(plane.world, await addListener(plane, toOne(blue)), 1, toOne(blue))
  await allHealthy(plane, blue)
  await deregister(plane, blue, leaving.ip)
  const checked = leaving.checks.length
  const seen = staying.checks.length
  await until('the other one was checked five times more', () => staying.checks.length >= seen + 5)
  // One may have been on its way.
  expect(leaving.checks.length).toBeLessThanOrEqual(checked + 1)
  await register(plane, blue, leaving.ip)
  await allHealthy(plane, blue)
})
