/** The error types of Secrets Manager that the stand-in gives. */
export type SecretFaultType =
  | 'InvalidParameterException'
  | 'InvalidRequestException'
  | 'ResourceExistsException'
  | 'ResourceNotFoundException'
  | 'UnknownOperationException';

/** A refused operation. Its message never holds a secret value. */
export class SecretFault extends Error {
  readonly type: SecretFaultType;

  constructor(type: SecretFaultType, message: string) {
    super(message);
    this.type = type;
  }
}
