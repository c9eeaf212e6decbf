import * as v from 'valibot';
import { exampleTemplate } from './synthesise.ts';

const resource = v.object({
  Properties: v.record(v.string(), v.unknown()),
  DeletionPolicy: v.optional(v.string()),
  UpdateReplacePolicy: v.optional(v.string()),
});

/** The resources of a type in the example stage's template with these differences. */
export const resourcesOf = (type: string, differences: object = {}) =>
  Object.values(exampleTemplate(differences).findResources(type)).map((found) => v.parse(resource, found));

/** The properties of those resources. */
export const propertiesOf = (type: string, differences: object = {}) =>
  resourcesOf(type, differences).map((found) => found.Properties);

/** What a resource says that outlives its stack. */
export const RETAINED = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
