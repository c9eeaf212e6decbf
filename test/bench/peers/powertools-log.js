import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const logger = new Logger({ serviceName: 'bench' });
const metrics = new Metrics({ namespace: 'bench', serviceName: 'bench' });

/** One line and one metric, with Powertools. */
export const handler = async () => {
  logger.info('call', { account: 'wx0123456789abcdef', totalMs: 1 });
  metrics.addMetric('Calls', MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
  return { statusCode: 200 };
};
