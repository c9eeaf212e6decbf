import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSimulator } from '../wechat-simulator/simulator.ts';
import { certificatesIn } from './certificates.ts';
import { denialsIn } from './denials.ts';
import { createDeployment } from './deployment.ts';
import { mountOver, raiseLoopback } from './isolation.ts';
import { startMiniStack } from './ministack.ts';
import { PROJECT_ROOT, WORK_FOLDER } from './paths.ts';
import { rehearse } from './rehearse.ts';
import { createReport, type Report } from './report.ts';

const LOG_FILE = join(WORK_FOLDER, 'ministack.log');
/** Far above what it takes: it only ends a rehearsal that hangs. */
const CEILING_MS = 15 * 60_000;

const WECHAT_HOSTS = ['api.weixin.qq.com', 'api2.weixin.qq.com'];

const account = (appId: string) => ({ appId, appSecret: randomBytes(16).toString('hex') });

// The first process of its namespace: when it ends, so does everything that was started here. Its input ends with run.ts.
process.stdin.resume().on('end', () => process.exit(1));

/** Sets the scene in namespaces of its own, and rehearses. */
async function main(report: Report): Promise<void> {
  raiseLoopback();
  const pointToLoopback = await ownHosts();
  await pointToLoopback(WECHAT_HOSTS.join(' '));
  const environmentFiles = join(WORK_FOLDER, 'environments');
  await mkdir(environmentFiles);
  mountOver(environmentFiles, join(PROJECT_ROOT, 'infra/environments'));
  const certificates = certificatesIn(WORK_FOLDER);
  const tls = { key: await readFile(certificates.key, 'utf8'), cert: await readFile(certificates.certificate, 'utf8') };
  const [shop, support] = [account('wx5f00000000000001'), account('wx5f00000000000002')];
  // Before MiniStack, which would take this port too if it were free.
  const simulator = await startSimulator({ accounts: [shop, support], port: 443, tls });
  await startMiniStack({ logFile: LOG_FILE, certificates, tell: report.tell });
  report.tell('MiniStack and the WeChat simulator answer');
  const deployment = createDeployment(WORK_FOLDER, environmentFiles);
  const written = () => readFile(LOG_FILE, 'utf8');
  await rehearse({ report, simulator, shop, support, deployment, pointToLoopback, written });
}

/** Gives the namespace a hosts file of its own, and adds names to it. */
async function ownHosts(): Promise<(hosts: string) => Promise<void>> {
  const file = join(WORK_FOLDER, 'hosts');
  await writeFile(file, await readFile('/etc/hosts', 'utf8'));
  mountOver(file, '/etc/hosts');
  return (hosts) => appendFile(file, `\n127.0.0.1 ${hosts}\n`);
}

/** Ends the rehearsal with its cause, and with what roles were refused, which is often behind it. */
function fail(cause: string): never {
  const { ofTheStack } = denialsIn(existsSync(LOG_FILE) ? readFileSync(LOG_FILE, 'utf8') : '');
  process.stderr.write(`FAILED ${[cause, ...ofTheStack].join('\n')}\n`);
  process.exit(1);
}

setTimeout(fail, CEILING_MS, `it takes longer than ${CEILING_MS / 60_000} minutes`);
const report = createReport();
try {
  await main(report);
  report.tell('rehearsed');
  process.exit(0);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
