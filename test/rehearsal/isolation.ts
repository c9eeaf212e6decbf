import { spawnSync } from 'node:child_process';

/**
 * Namespaces of its own for the network, mounts and processes: nothing gets out, what is mounted is seen by nobody else, and the end of the
 * first process is the end of all (unshare(1)).
 */
const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

/**
 * The arguments that make `unshare` work here: as root, or else as the root of a user namespace.
 * @throws {Error} when neither works, with what the kernel said
 */
export function unshareArguments(): readonly string[] {
  const asRoot = trouble(NAMESPACES);
  if (asRoot === undefined) return NAMESPACES;
  const asUser = ['--map-root-user', ...NAMESPACES];
  const inUserNamespace = trouble(asUser);
  if (inUserNamespace === undefined) return asUser;
  throw new Error(
    `The rehearsal needs Linux namespaces, and got none: ${asRoot}; ${inUserNamespace}. Run it as root, or its container with CAP_SYS_ADMIN.`,
  );
}

function trouble(namespaces: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync('unshare', [...namespaces, 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

/** Gives the namespace its loopback interface, the only one it has. */
export function raiseLoopback(): void {
  command('ip', ['link', 'set', 'lo', 'up']);
}

/** Puts a file over a file or a folder over a folder, as seen in this namespace. */
export function mountOver(source: string, target: string): void {
  command('mount', ['--bind', source, target]);
}

function command(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? stderr.trim()}`);
}
