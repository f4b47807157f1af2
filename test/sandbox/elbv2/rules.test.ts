import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  addGroup,
  addListener,
  addRule,
  call,
  createSetting,
  forwardTo,
  onPath,
  refusal,
  toOne,
  type Setting,
} from './fixture.ts'

let setting: Setting
let blue: string
let green: string

beforeEach(async () => {
  setting = await createSetting()
  blue = await addGroup(setting, 'blue')
  green = await addGroup(setting, 'green')
})

afterEach(() => setting.world.clock.stop())

const actionsOf = async (rule: string) =>
  (await call(setting.world, 'DescribeRules', { RuleArns: [rule] })).Rules[0].Actions

describe('rules', () => {
  test('conditions come back with their values beside the config, whichever form was given', async () => {
    const { world } = setting
    const listener = await addListener(setting, toOne(blue))
    const rule = await addRule(world, listener, 10, toOne(green), [
      { Field: 'path-pattern', Values: ['/a*'] },
      { Field: 'host-header', HostHeaderConfig: { Values: ['*.example.com'] } },
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Test', Values: ['1'] } },
    ])
    const { Rules } = await call(world, 'DescribeRules', { RuleArns: [rule] })
    expect(Rules[0]).toMatchObject({ Priority: '10', IsDefault: false })
    expect(Rules[0].Conditions).toEqual([
      { Field: 'path-pattern', Values: ['/a*'], PathPatternConfig: { Values: ['/a*'] } },
      { Field: 'host-header', Values: ['*.example.com'], HostHeaderConfig: { Values: ['*.example.com'] } },
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Test', Values: ['1'] } },
    ])
  })

  test('are listed by priority, the default rule last, with ARNs of AWS’s shape', async () => {
    const { world } = setting
    const listener = await addListener(setting, toOne(blue))
    for (const priority of [30, 5, 12]) await addRule(world, listener, priority, toOne(green))
    const { Rules } = await call(world, 'DescribeRules', { ListenerArn: listener })
    expect(Rules.map(({ Priority }: any) => Priority)).toEqual(['5', '12', '30', 'default'])
    expect(Rules.map(({ IsDefault }: any) => IsDefault)).toEqual([false, false, false, true])
    const shape = `${listener.replace(':listener/', ':listener-rule/')}/`
    expect(Rules.every(({ RuleArn }: any) => RuleArn.startsWith(shape))).toBe(true)
    const paged = await call(world, 'DescribeRules', { ListenerArn: listener, PageSize: 3 })
    expect(paged.Rules).toHaveLength(3)
    expect(
      (await call(world, 'DescribeRules', { ListenerArn: listener, Marker: paged.NextMarker })).Rules,
    ).toHaveLength(1)
  })

  test('a priority is unique, and several are set at once or not at all', async () => {
    const { world } = setting
    const listener = await addListener(setting, toOne(blue))
    const first = await addRule(world, listener, 1, toOne(green))
    const second = await addRule(world, listener, 2, toOne(green))
    expect(
      await refusal(world, 'CreateRule', {
        ListenerArn: listener,
        Priority: 2,
        Conditions: onPath('/'),
        Actions: toOne(blue),
      }),
    ).toEqual({
      code: 'PriorityInUse',
      message: "Priority '2' is currently in use",
    })
    expect(
      await refusal(world, 'CreateRule', {
        ListenerArn: listener,
        Priority: 50001,
        Conditions: onPath('/'),
        Actions: toOne(blue),
      }),
    ).toEqual({
      code: 'ValidationError',
      message:
        "1 validation error detected: Value '50001' at 'priority' failed to satisfy constraint: Member must have value less than or equal to 50000",
    })
    const set = (...pairs: [string, number][]) => ({
      RulePriorities: pairs.map(([RuleArn, Priority]) => ({ RuleArn, Priority })),
    })
    await call(world, 'SetRulePriorities', set([first, 2], [second, 1]))
    expect(await refusal(world, 'SetRulePriorities', set([first, 7], [second, 7]))).toMatchObject({
      code: 'PriorityInUse',
    })
    expect(await refusal(world, 'SetRulePriorities', set([first, 1]))).toMatchObject({ code: 'PriorityInUse' })
    const { Rules } = await call(world, 'DescribeRules', { ListenerArn: listener })
    expect(Rules.map(({ RuleArn }: any) => RuleArn).slice(0, 2)).toEqual([second, first])
  })

  test('the default rule is changed through its listener alone', async () => {
    const { world } = setting
    const listener = await addListener(setting, toOne(blue))
    const { Rules } = await call(world, 'DescribeRules', { ListenerArn: listener })
    const rule = Rules[0].RuleArn
    expect(await refusal(world, 'DeleteRule', { RuleArn: rule })).toEqual({
      code: 'OperationNotPermitted',
      message: `Default rule '${rule}' cannot be deleted`,
    })
    expect(await refusal(world, 'ModifyRule', { RuleArn: rule, Actions: toOne(green) })).toEqual({
      code: 'OperationNotPermitted',
      message: `Default rule '${rule}' cannot be modified`,
    })
    expect(
      await refusal(world, 'SetRulePriorities', { RulePriorities: [{ RuleArn: rule, Priority: 3 }] }),
    ).toMatchObject({
      code: 'OperationNotPermitted',
    })
    await call(world, 'ModifyListener', { ListenerArn: listener, DefaultActions: forwardTo([blue, 50], [green, 50]) })
    expect(await actionsOf(rule)).toMatchObject([{ ForwardConfig: { TargetGroups: [{ Weight: 50 }, { Weight: 50 }] } }])
  })

  test.each([
    [[], 'At least one condition must be specified'],
    [onPath('/1', '/2', '/3', '/4', '/5', '/6'), "A rule can only have '5' condition values"],
    [onPath('/***', '/***'), "A rule can only have '5' condition wildcards"],
    [[...onPath('/a'), ...onPath('/b')], "A rule can only have one 'path-pattern' condition"],
    [
      [{ Field: 'colour', Values: ['blue'] }],
      "Condition field 'colour' must be one of '[host-header, path-pattern, http-header, http-request-method, query-string, source-ip]'",
    ],
    [onPath('/a b'), "The condition value '/a b' contains a character that is not valid for field 'path-pattern'"],
    [onPath(`/${'a'.repeat(128)}`), `The condition value '/${'a'.repeat(128)}' cannot be longer than '128' characters`],
    [
      [{ Field: 'path-pattern', Values: ['/a'], PathPatternConfig: { Values: ['/a'] } }],
      "You cannot specify both 'Values' and 'PathPatternConfig' for a condition with field 'path-pattern'",
    ],
    [
      [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/40'] } }],
      "The CIDR block '10.0.0.0/40' is not valid",
    ],
    [[{ Field: 'host-header', RegexValues: ['('] }], "The regular expression '(' is not valid"],
  ])('refuses the conditions %j', async (conditions, message) => {
    const listener = await addListener(setting, toOne(blue))
    const input = { ListenerArn: listener, Priority: 5, Conditions: conditions, Actions: toOne(blue) }
    expect(await refusal(setting.world, 'CreateRule', input)).toEqual({ code: 'ValidationError', message })
  })

  test('a modification needs something to modify, and an unknown rule is not found', async () => {
    const { world } = setting
    const rule = await addRule(world, await addListener(setting, toOne(blue)), 1, toOne(green))
    expect(await refusal(world, 'ModifyRule', { RuleArn: rule })).toMatchObject({ code: 'ValidationError' })
    await call(world, 'ModifyRule', { RuleArn: rule, Conditions: onPath('/new') })
    await call(world, 'DeleteRule', { RuleArn: rule })
    expect(await refusal(world, 'ModifyRule', { RuleArn: rule, Actions: toOne(blue) })).toEqual({
      code: 'RuleNotFound',
      message: 'One or more rules not found',
    })
    expect(await refusal(world, 'DescribeRules', {})).toMatchObject({ code: 'ValidationError' })
  })
})
