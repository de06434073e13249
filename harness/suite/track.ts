import { GuestErrno } from '../model/index.ts';

export interface RefusedCall {
  readonly call: string;
  /** Symbolic. */
  readonly errno: string;
}

/** Calls to a guest that have not been answered, oldest first: they tell where a case hangs. */
export interface Tracker {
  /** The object with every call noted, and with every object that a call resolves with tracked as well. */
  readonly track: <T extends object>(object: T) => T;
  readonly pending: () => readonly string[];
  /** Whether an error came out of a call to the guest. */
  readonly isFromGuest: (error: unknown) => boolean;
  /** Calls that the kernel refused, in their order. */
  readonly refused: () => readonly RefusedCall[];
}

function describeArgument(value: unknown): string {
  if (typeof value === 'function') return '…';
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return String(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Things of the guest that make calls themselves: processes have a pid, files an fd. */
function makesCalls(value: unknown): value is object {
  return isObject(value) && ('pid' in value || 'fd' in value);
}

export function createTracker(): Tracker {
  const pending = new Map<symbol, string>();
  const failures = new WeakSet();
  const refused: RefusedCall[] = [];

  const track = <T extends object>(object: T): T =>
    new Proxy(object, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          const result: unknown = Reflect.apply(value, target, args);
          if (!(result instanceof Promise)) return result;
          const id = Symbol(String(property));
          pending.set(id, `${String(property)}(${args.map(describeArgument).join(', ')})`);
          return result
            .then(
              (answer: unknown) => (makesCalls(answer) ? track(answer) : answer),
              (error: unknown) => {
                if (isObject(error)) failures.add(error);
                if (error instanceof GuestErrno) refused.push({ call: error.call, errno: error.errno });
                throw error;
              },
            )
            .finally(() => pending.delete(id));
        };
      },
    });

  return {
    track,
    pending: () => [...pending.values()],
    isFromGuest: (error) => isObject(error) && failures.has(error),
    refused: () => refused,
  };
}
