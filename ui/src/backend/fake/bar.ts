/** The quick dial bar over the page's own engine. For tests and for looking. */
import type { BarBackend } from '../bar';
import type { BarTold, Place, QuickRow, QuickView } from '../types';
import type { FakeBackend } from './backend';

const COMMANDS = { open: 'Open Dialdeck', history: 'Recent calls', settings: 'Settings' };

export class FakeBar implements BarBackend {
  readonly #engine: FakeBackend;
  readonly #listeners = new Set<(told: BarTold) => void>();
  readonly went: Place[] = [];
  /** How often the agent was done with it. */
  closed = 0;

  constructor(engine: FakeBackend) {
    this.#engine = engine;
  }

  async quick(text: string, account: string | null): Promise<QuickView> {
    const typed = text.trim();
    if (typed.startsWith('>')) {
      const rows = Object.entries(COMMANDS).map(([command, title]) => row({ key: `command:${command}`, kind: 'command', title, command }));
      return { rows: rows.filter(({ title }) => title.toLowerCase().includes(typed.slice(1).trim().toLowerCase())), check: null, when: null };
    }
    if (typed === '') return { rows: this.#atHand(), check: null, when: null };
    const timed = /^(.+) ((?:in \d+m)|(?:tue \S+))$/.exec(typed);
    const { rows, check } = await this.#engine.find(timed?.[1] ?? typed, account, 9);
    const people = rows.map((person) =>
      row({
        key: `person:${person.contact}:${person.number ?? ''}`,
        kind: 'found',
        title: person.name,
        company: person.company,
        label: person.label,
        shown: person.national && person.international ? { national: person.national, international: person.international, country: 'GB' } : null,
        target: person.number,
        contact: person.contact,
        do_not_call: person.do_not_call ?? false,
        found: person.found ?? null,
      }),
    );
    const isKnown = people.some(({ target }) => target === check.number);
    const own = check.number && check.shown && !isKnown ? [row({ key: `typed:${check.number}`, kind: 'typed', title: check.shown.national, shown: check.shown, target: check.number })] : [];
    const when = timed?.[2] === undefined ? null : { text: timed[2], check: await this.#engine.checkWhen(timed[2], null, null) };
    return { rows: [...own, ...people], check, when };
  }

  #atHand(): QuickRow[] {
    const { history } = this.#engine.world;
    return history.slice(0, 3).map((call) =>
      row({
        key: `call:${call.id}`,
        kind: call.outcome === 'missed' ? 'missed' : 'frequent',
        title: call.contact?.name ?? call.shown.national,
        shown: call.shown,
        target: call.target,
        contact: call.contact?.id ?? null,
        at: call.requested_at,
      }),
    );
  }

  async ready(): Promise<void> {
    this.tell({ type: 'opened', prefill: null, of_selection: false });
  }

  async painted(): Promise<void> {}

  async height(): Promise<void> {}

  async done(): Promise<void> {
    this.closed += 1;
  }

  async go(place: Place): Promise<void> {
    this.went.push(place);
  }

  /** As the shell would tell it. */
  tell(told: BarTold): void {
    for (const heard of this.#listeners) heard(told);
  }

  listen(heard: (told: BarTold) => void): Promise<() => void> {
    this.#listeners.add(heard);
    return Promise.resolve(() => void this.#listeners.delete(heard));
  }
}

function row(of: Pick<QuickRow, 'key' | 'kind' | 'title'> & Partial<QuickRow>): QuickRow {
  const none = { company: null, label: null, shown: null, target: null, contact: null, call: null, callback: null, command: null, at: null, state: null, found: null };
  return { ...none, do_not_call: false, ...of };
}
