import { systemClock } from '../../../../core/clock.ts';
import type { TunnelProgram } from '../../../../plugins/workstations/contract.ts';
import { openTunnels } from '../../../../plugins/workstations/tunnels/open-tunnels.ts';
import type { TunnelReport } from '../../../../plugins/workstations/tunnels/tunnel-record.ts';

export interface EnsureTask {
  folder: string;
  workstation: string;
  /** One a try. */
  programs: readonly TunnelProgram[];
}

export type EnsureAnswer =
  | { report: TunnelReport; isNew: boolean; asked: number }
  | { error: string };

// Another process that opens tunnels: what it is sent, it does at once, and ends.
process.on('message', ({ folder, workstation, programs }: EnsureTask) => {
  const tunnels = openTunnels({ folder, clock: systemClock, env: process.env });
  let asked = 0;
  const ensured = tunnels.ensure({
    provider: 'docker',
    workstation,
    name: workstation,
    remotePort: 22,
    program: async () => programs[asked++] ?? { command: ['false'] },
    signal: new AbortController().signal,
    timeoutMs: 60_000,
  });
  const tell = (answer: EnsureAnswer) => process.send?.(answer, () => process.disconnect());
  ensured.then(
    (opened) => tell({ ...opened, asked }),
    (error: unknown) => tell({ error: String(error) }),
  );
});
process.send?.('ready');
