import { EventEmitter } from 'node:events';

/** What a tenant holds. Field names are those of the Auth0 Management API, so that its answers are these objects. */
export interface State {
  /** By client_id. */
  readonly clients: Map<string, Client>;
  /** By id. */
  readonly connections: Map<string, Connection>;
  /** By identifier (the audience). */
  readonly apis: Map<string, Api>;
  /** By id. */
  readonly clientGrants: Map<string, ClientGrant>;
  /** By user_id. */
  readonly people: Map<string, Person>;
  /** By id. */
  readonly logStreams: Map<string, LogStream>;
  readonly logs: LogRecord[];
  /** What the authorization server keeps (codes, sessions, grants, refresh tokens), by `Model:id`. */
  readonly kept: Map<string, Kept>;
  /** Where a client ID metadata document is fetched from instead of the internet, by its URL. */
  readonly documents: Map<string, string>;
  readonly settings: Settings;
  readonly faults: Faults;
  /** `log` fires with each new LogRecord; `rotate` when a new signing key must be used. */
  readonly events: EventEmitter<{ log: [LogRecord]; rotate: [] }>;
}

/** One thing oidc-provider keeps; the fields this tenant reads itself. */
export interface Kept {
  clientId?: string | undefined;
  accountId?: string | undefined;
  /** Unix seconds. */
  exp?: number | undefined;
  consumed?: unknown;
  /** Of a grant: scopes by resource. */
  resources?: Record<string, string> | undefined;
  [field: string]: unknown;
}

export type SecurityMode = 'strict' | 'permissive';

export interface Client {
  client_id: string;
  /** Absent for public clients. Never in a list or read answer unless the token has read:client_keys. */
  client_secret?: string;
  name: string;
  description?: string;
  logo_uri?: string;
  is_first_party: boolean;
  /** Present only on third-party clients. */
  third_party_security_mode?: SecurityMode;
  external_metadata_type?: 'dcr' | 'cimd';
  external_metadata_created_by?: 'client' | 'admin';
  external_client_id?: string;
  created_at?: string;
  callbacks: string[];
  web_origins?: string[];
  allowed_origins?: string[];
  allowed_logout_urls?: string[];
  initiate_login_uri?: string;
  grant_types: string[];
  token_endpoint_auth_method: 'none' | 'client_secret_post' | 'client_secret_basic';
  app_type?: string;
  client_metadata?: Record<string, string>;
  jwt_configuration: { alg: 'RS256' | 'HS256'; lifetime_in_seconds: number };
  refresh_token?: Record<string, unknown>;
  redirection_policy?: 'allow_always' | 'open_redirect_protection';
  require_proof_of_possession?: boolean;
  oidc_conformant: boolean;
  global: boolean;
}

export interface Connection {
  id: string;
  name: string;
  strategy: string;
  display_name?: string;
  show_as_button?: boolean;
  is_domain_connection: boolean;
  /** Opaque to callers; replaced whole by a PATCH that sends it. */
  options: Record<string, unknown>;
  /** Client ids enabled through /connections/{id}/clients. Not part of any answer body of /connections. */
  readonly enabledFor: Set<string>;
}

/** A resource server, called API in Auth0's dashboard. */
export interface Api {
  id: string;
  identifier: string;
  name: string;
  scopes: { value: string; description?: string }[];
  signing_alg: 'RS256';
  /** RBAC: drops the scopes of a person who lacks the permission. */
  enforce_policies: boolean;
  /** `*_authz` adds the `permissions` claim; `rfc9068_*` is the at+jwt profile. */
  token_dialect:
    | 'access_token'
    | 'access_token_authz'
    | 'rfc9068_profile'
    | 'rfc9068_profile_authz';
  token_lifetime: number;
  allow_offline_access: boolean;
  /** The Management API itself; cannot be changed. */
  is_system?: true;
}

export interface ClientGrant {
  id: string;
  /** Exactly one of client_id and default_for. */
  client_id?: string;
  default_for?: 'third_party_clients';
  audience: string;
  scope: string[];
  subject_type: 'user' | 'client';
}

export interface Person {
  user_id: string;
  email: string;
  name: string;
  password: string;
  /** Permissions by API identifier, as roles would give them. */
  permissions: Record<string, string[]>;
}

export interface LogStream {
  id: string;
  name: string;
  type: 'http';
  status: 'active' | 'paused' | 'suspended';
  /** Only records of these categories are delivered; absent or empty = all. */
  filters?: { type: 'category'; name: string }[];
  sink: {
    httpEndpoint: string;
    /** Sent as the Authorization header exactly as the operator typed it. */
    httpAuthorization?: string;
    httpContentFormat: 'JSONLINES' | 'JSONARRAY' | 'JSONOBJECT';
    httpContentType: string;
    httpCustomHeaders?: { header: string; value: string }[];
  };
}

/** A log record as its writer knows it, before the log gives it a number and a date. */
export interface NewLogRecord {
  type: string;
  description: string;
  client_id: string;
  client_name: string;
  ip: string;
  user_agent: string;
  details?: {
    request: { method: string; path: string; body?: unknown };
    response: { statusCode: number; body?: unknown };
  };
  [field: string]: unknown;
}

/** The inner record (`data` of a delivered event, the bare form of GET /api/v2/logs). */
export interface LogRecord extends NewLogRecord {
  log_id: string;
  date: string;
}

export interface Settings {
  flags: { enable_dynamic_client_registration: boolean };
  dynamic_client_registration_security_mode: SecurityMode;
  resource_parameter_profile: 'audience' | 'compatibility';
  authorization_response_iss_parameter_supported: boolean;
  client_id_metadata_document_supported: boolean;
  default_audience: string;
}

/** What the switchboard breaks on purpose. Zero or false = behaves. */
export interface Faults {
  /** Every path (or those that start with the prefix) answers 503, or hangs. */
  outage: false | { how: 'unavailable' | 'hang'; prefix: string };
  latencyMs: number;
  /** Management API requests a second; 0 = unlimited. */
  rateLimitPerSecond: number;
  /** Answer the next n Management API requests with 429. */
  tooMany: number;
  delivery: { duplicate: boolean; reorder: boolean; noise: number; drop: boolean };
}

const noFaults = (): Faults => ({
  outage: false,
  latencyMs: 0,
  rateLimitPerSecond: 0,
  tooMany: 0,
  delivery: { duplicate: false, reorder: false, noise: 0, drop: false },
});

/** An empty tenant: dynamic client registration off, as Auth0 creates it. */
export function emptyState(mode: SecurityMode = 'strict'): State {
  return {
    clients: new Map(),
    connections: new Map(),
    apis: new Map(),
    clientGrants: new Map(),
    people: new Map(),
    logStreams: new Map(),
    logs: [],
    kept: new Map(),
    documents: new Map(),
    settings: {
      flags: { enable_dynamic_client_registration: false },
      dynamic_client_registration_security_mode: mode,
      resource_parameter_profile: 'audience',
      authorization_response_iss_parameter_supported: false,
      client_id_metadata_document_supported: false,
      default_audience: '',
    },
    faults: noFaults(),
    events: new EventEmitter(),
  };
}
