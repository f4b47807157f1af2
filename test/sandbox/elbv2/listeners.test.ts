import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addGroup, addListener, call, createSetting, refusal, toOne, type Setting } from './fixture.ts'

let setting: Setting
let blue: string

beforeEach(async () => {
  setting = await createSetting()
  blue = await addGroup(setting, 'blue')
})

afterEach(() => setting.world.clock.stop())

describe('listeners', () => {
  test('ports are unique and protocols those of the type', async () => {
    const { world, loadBalancer } = setting
    const listener = await addListener(setting, toOne(blue))
    const input = { LoadBalancerArn: loadBalancer, Protocol: 'HTTP', Port: 80, DefaultActions: toOne(blue) }
    expect(await refusal(world, 'CreateListener', input)).toEqual({
      code: 'DuplicateListener',
      message: `A listener already exists on this port for this load balancer '${loadBalancer}'`,
    })
    expect(await refusal(world, 'CreateListener', { ...input, Port: 81, Protocol: 'TCP' })).toEqual({
      code: 'ValidationError',
      message: "Listener protocol 'TCP' must be one of 'HTTP, HTTPS'",
    })
    await call(world, 'ModifyListener', { ListenerArn: listener, Port: 80 })
    await call(world, 'ModifyListener', { ListenerArn: listener, Port: 8080 })
    expect((await call(world, 'DescribeListeners', { LoadBalancerArn: loadBalancer })).Listeners).toEqual([
      expect.objectContaining({ ListenerArn: listener, Port: 8080, Protocol: 'HTTP' }),
    ])
  })

  test('certificates: one default, others added and removed', async () => {
    const { world, loadBalancer } = setting
    const certificate = (name: string) => ({
      CertificateArn: `arn:aws:acm:ap-northeast-2:123456789012:certificate/${name}`,
    })
    const secure = { LoadBalancerArn: loadBalancer, Protocol: 'HTTPS', Port: 443, DefaultActions: toOne(blue) }
    expect(await refusal(world, 'CreateListener', secure)).toMatchObject({
      message: 'A certificate must be specified for HTTPS listeners',
    })
    const listener = await addListener(setting, toOne(blue), 443, {
      Protocol: 'HTTPS',
      Certificates: [certificate('a')],
    })
    const { Listeners } = await call(world, 'DescribeListeners', { ListenerArns: [listener] })
    expect(Listeners[0]).toMatchObject({
      Certificates: [certificate('a')],
      SslPolicy: 'ELBSecurityPolicy-2016-08',
      MutualAuthentication: { Mode: 'off' },
    })
    await call(world, 'AddListenerCertificates', { ListenerArn: listener, Certificates: [certificate('b')] })
    await call(world, 'ModifyListener', { ListenerArn: listener, Certificates: [certificate('c')] })
    const list = async () => (await call(world, 'DescribeListenerCertificates', { ListenerArn: listener })).Certificates
    expect(await list()).toEqual([
      { ...certificate('c'), IsDefault: true },
      { ...certificate('b'), IsDefault: false },
    ])
    expect(
      await refusal(world, 'RemoveListenerCertificates', { ListenerArn: listener, Certificates: [certificate('c')] }),
    ).toMatchObject({
      code: 'OperationNotPermitted',
    })
    await call(world, 'RemoveListenerCertificates', { ListenerArn: listener, Certificates: [certificate('b')] })
    expect(await list()).toEqual([{ ...certificate('c'), IsDefault: true }])
  })

  test('attributes follow the protocol', async () => {
    const { world } = setting
    const listener = await addListener(setting, toOne(blue))
    const keys = async () =>
      (await call(world, 'DescribeListenerAttributes', { ListenerArn: listener })).Attributes.map(({ Key }: any) => Key)
    expect(await keys()).toContain('routing.http.response.server.enabled')
    expect(await keys()).not.toContain('tcp.idle_timeout.seconds')
    expect(
      await refusal(world, 'ModifyListenerAttributes', {
        ListenerArn: listener,
        Attributes: [{ Key: 'tcp.idle_timeout.seconds', Value: '60' }],
      }),
    ).toEqual({
      code: 'InvalidConfigurationRequest',
      message: "Listener attribute key 'tcp.idle_timeout.seconds' is not supported on listeners with protocol 'HTTP'",
    })
  })
})
