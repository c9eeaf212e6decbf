import * as v from 'valibot';

const oneOrMore = <Item extends v.GenericSchema>(item: Item) =>
  v.union([
    v.array(item),
    v.pipe(
      item,
      v.transform((single) => [single]),
    ),
  ]);

const statement = v.strictObject({
  Effect: v.picklist(['Allow', 'Deny']),
  Action: oneOrMore(v.string()),
  Resource: oneOrMore(v.unknown()),
  Condition: v.optional(v.record(v.string(), v.record(v.string(), v.unknown()))),
});

/** A policy document in a template, as far as it is read here; what is unknown in it is refused. */
export const policyDocument = v.object({ Statement: v.array(statement) });

/** All that a policy allows or denies, sorted, one line per action and resource: `action on resource if {condition}`, denials with `NOT` before. */
export function textsOf({ Statement }: v.InferOutput<typeof policyDocument>): readonly string[] {
  return Statement.flatMap(linesOf).toSorted();
}

function linesOf({ Effect, Action, Resource, Condition }: v.InferOutput<typeof statement>): readonly string[] {
  const only = Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`;
  const not = Effect === 'Deny' ? 'NOT ' : '';
  return Action.flatMap((action) => Resource.map((resource) => `${not}${action} on ${textOf(resource)}${only}`));
}

/** A resource of a policy as a short text: `StateTable.Arn` for the attribute of a resource, `<StateTable>` for a reference to it. */
function textOf(resource: unknown): string {
  const join = v.safeParse(v.object({ 'Fn::Join': v.tuple([v.string(), v.array(v.unknown())]) }), resource);
  if (join.success) return join.output['Fn::Join'][1].map(textOf).join('');
  const attribute = v.safeParse(v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.string()]) }), resource);
  if (attribute.success)
    return `${withoutHash(attribute.output['Fn::GetAtt'][0])}.${attribute.output['Fn::GetAtt'][1]}`;
  const reference = v.safeParse(v.object({ Ref: v.string() }), resource);
  if (!reference.success) return String(resource);
  const { Ref } = reference.output;
  return `<${Ref.startsWith('AWS::') ? Ref : withoutHash(Ref)}>`;
}

/** A resource's logical id without the eight characters that the CDK adds. */
export function withoutHash(logicalId: string): string {
  return logicalId.slice(0, -8);
}
