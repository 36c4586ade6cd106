/** A schema as JSON Schema 2020-12 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

export interface ApiResponseText {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<
    Record<string, { schema: JsonSchema; 'x-devservices-event'?: JsonSchema }>
  >;
  /** Codes of errors that are told with this status. */
  readonly 'x-devservices-codes'?: readonly string[];
}

export interface ApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly 'x-devservices-permission'?: string;
  readonly 'x-devservices-sudo'?: true;
  readonly parameters?: readonly (ApiParameter | { readonly $ref: string })[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } };
  };
  readonly responses: Readonly<Record<string, ApiResponseText>>;
}

/** An OpenAPI 3.1 document, as much of it as ours have. */
export interface ApiDocument {
  readonly [more: string]: unknown;
  readonly openapi: string;
  readonly tags: readonly { name: string; description?: string }[];
  /** By path, then by method in small letters. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, ApiParameter>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly [more: string]: unknown;
  };
}
