import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where `.ci/run` puts the engine. */
export const DYNAMODB_LOCAL_JARS = join(import.meta.dirname, '../build/dynamodb-local');
const ENGINE_JAR = 'DynamoDBLocal-2.6.1.jar';
const OLDEST_JAVA = 17;

/** Why nothing can run on DynamoDB Local here, and what to do; `undefined` when it can. */
export function lackForDynamodbLocal(): string | undefined {
  if (!existsSync(join(DYNAMODB_LOCAL_JARS, ENGINE_JAR))) {
    return `build/dynamodb-local has no ${ENGINE_JAR}: run mvn -f test/dynamodb-local/pom.xml dependency:copy-dependencies`;
  }
  // Its host is compiled as it starts: a Java without the compiler does not count.
  const { stdout } = spawnSync('java', ['--list-modules'], { encoding: 'utf8' });
  const version = Number(/^jdk\.compiler@(\d+)/m.exec(stdout ?? '')?.[1] ?? 0);
  return version >= OLDEST_JAVA
    ? undefined
    : `there is no JDK ${OLDEST_JAVA} or later: install one and put java on the PATH`;
}
