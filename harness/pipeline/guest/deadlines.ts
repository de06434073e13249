import { crowding } from '../../host/machine.ts';

/** Deadlines in milliseconds. */
export interface GuestDeadlines {
  /** From the start of QEMU to the first byte of the kernel log. */
  readonly firstOutputMs: number;
  /** From the start of QEMU until the agent answers. */
  readonly bootMs: number;
  /** For one system call. */
  readonly callMs: number;
  /** For a command that brings no deadline of its own. */
  readonly commandMs: number;
}

/** For the first boot of an image, of which nothing is known yet. */
export const firstDeadlines: GuestDeadlines = {
  firstOutputMs: 30_000,
  bootMs: 90_000,
  callMs: 20_000,
  commandMs: 60_000,
};

/** A boot that takes so long belongs to a machine for which fixed deadlines are made (milliseconds). */
const usualBootMs = 2000;

/** How many times slower than usual guests of an image run here, by the time of its calibration boot; at least 1. */
export function slownessOf(bootMs: number | undefined): number {
  return bootMs === undefined ? 1 : Math.max(1, bootMs / usualBootMs);
}

/**
 * Deadlines for an image that booted in `bootMs` on this machine. A hang is found out sooner where guests are fast, and
 * nothing is called one where they are slow.
 */
export function scaledDeadlines(bootMs: number | undefined): GuestDeadlines {
  if (bootMs === undefined) return firstDeadlines;
  return {
    firstOutputMs: Math.max(10_000, 8 * bootMs),
    bootMs: Math.max(20_000, 15 * bootMs),
    callMs: Math.max(8000, 6 * bootMs),
    commandMs: firstDeadlines.commandMs * slownessOf(bootMs),
  };
}

/**
 * What to wait beyond a deadline of `ms` that has just passed: on a machine with more to do than it has processors for,
 * guests get only their share. 0 where it is not crowded.
 */
export function patienceBeyond(ms: number): number {
  return Math.round(ms * (crowding() - 1));
}
