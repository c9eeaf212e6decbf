import { ApiMapping, DomainName, type HttpApi, type HttpStage, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { StageDomain } from '../environment-domain.ts';

/** The API under a name of one's own, from its root. The record in DNS is made only in a hosted zone that the stage names. */
export class OwnDomain extends Construct {
  /** What the name's record has to point to. */
  readonly target: string;
  /** Route 53's id of the zone of that target, for an alias record. */
  readonly targetHostedZoneId: string;

  constructor(scope: Construct, id: string, api: HttpApi, stage: HttpStage, domain: StageDomain) {
    super(scope, id);
    const name = new DomainName(this, 'Name', {
      domainName: domain.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new ApiMapping(this, 'Mapping', { api, domainName: name, stage });
    this.target = name.regionalDomainName;
    this.targetHostedZoneId = name.regionalHostedZoneId;
    if (domain.hostedZone !== undefined) this.addRecord(domain.name, domain.hostedZone);
  }

  private addRecord(recordName: string, { id, name }: { readonly id: string; readonly name: string }): void {
    new ARecord(this, 'Record', {
      zone: HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: id, zoneName: name }),
      // With its dot at the end it is whole: without, the library would add the zone's name to a name equal to it.
      recordName: `${recordName}.`,
      target: RecordTarget.fromAlias(new ApiGatewayv2DomainProperties(this.target, this.targetHostedZoneId)),
    });
  }
}
