import { STATUS_CODES } from 'node:http';

/**
 * An answer of the Management API that is not a success. The shape
 * `{statusCode, error, message, errorCode}` is Auth0's; so are the codes; most of the words are synthetic.
 */
export class Refusal extends Error {
  readonly statusCode: number;
  readonly body: Record<string, unknown>;

  constructor(statusCode: number, errorCode: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.body = { statusCode, error: STATUS_CODES[statusCode], message, errorCode };
  }
}

/** 400 for a payload the endpoint does not take. */
export const invalidBody = (why: string): Refusal =>
  new Refusal(400, 'invalid_body', `Payload validation error: '${why}'.`);

/** 404 for a thing that is not in the tenant, e.g. `absent('client')`. */
export const absent = (what: string): Refusal =>
  new Refusal(404, `inexistent_${what.replaceAll(' ', '_')}`, `The ${what} does not exist`);
