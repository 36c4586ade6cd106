import type { z } from 'devservices';
import type { BodyOf, KeyOf, Method, RouteSpec } from './route-spec.ts';
import type { OwnSpec } from './specs/index.ts';

/**
 * Routes that plugins add, so that clients know their types.
 *
 * @example
 * declare module 'devservices/plugins/control-api' { interface AddedRoutes { 'GET /mails': typeof mails } }
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- others add to it
export interface AddedRoutes {}

type Table = { [Spec in OwnSpec as KeyOf<Spec>]: Spec } & AddedRoutes;

type SpecOf<M extends Method, Path> = Table[`${M} ${Path & string}` & keyof Table];

/** Every path that a method has. */
export type PathOf<M extends Method> = keyof Table extends infer Key
  ? Key extends `${M} ${infer Path extends `/${string}`}`
    ? Path
    : never
  : never;

type InputOf<S> = S extends z.ZodNever ? never : S extends z.ZodType ? z.input<S> : never;

// oxlint-disable-next-line typescript/no-empty-object-type -- nothing to give
type Nothing = {};

type Together<A, B> = [A] extends [never] ? B : [B] extends [never] ? A : A & B;

type Field<Name extends string, Value> = [Value] extends [never]
  ? Nothing
  : Partial<Value> extends Value
    ? { [Key in Name]?: Value }
    : { [Key in Name]: Value };

type ArgumentsOf<Spec> =
  Spec extends RouteSpec<Method, `/${string}`, infer Params, infer Query, infer Body>
    ? Field<'params', Together<InputOf<Params>, InputOf<Query>>> & Field<'body', InputOf<Body>>
    : Nothing;

/** What a call of a route has to be given: `params` of path and query in one, and `body`. */
export type CallArguments<M extends Method, Path> = ArgumentsOf<SpecOf<M, Path>>;

/** What a call of a route comes back with. */
export type Called<M extends Method, Path> =
  SpecOf<M, Path> extends { answer: infer Of } ? BodyOf<Of> : unknown;

/** Paths that stream. */
export type StreamPath = {
  [Key in keyof Table]: Table[Key] extends { answer: { kind: 'stream' } }
    ? Key extends `GET ${infer Path extends `/${string}`}`
      ? Path
      : never
    : never;
}[keyof Table];

/** The JSON of one event of a path that streams. */
export type Streamed<Path> =
  SpecOf<'GET', Path> extends { answer: { kind: 'stream'; schema: infer S extends z.ZodType } }
    ? z.output<S>
    : unknown;
